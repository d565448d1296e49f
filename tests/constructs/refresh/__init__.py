"""Refreshes of import jobs at synth."""
