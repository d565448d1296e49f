"""Synthesis: argument validation, deferred tasks, and the environment of a stack."""
