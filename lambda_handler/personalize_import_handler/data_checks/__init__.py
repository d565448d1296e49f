"""Checks of data before it is imported: one set of rules, for the command line, for synth and for the handler.

Standard library only, for a part of it runs in Lambda.
"""
