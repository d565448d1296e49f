"""Checks of data and schemas before an import, shared by the command line, synth and the handler.

Standard library only, because the handler runs part of it in Lambda.
"""
