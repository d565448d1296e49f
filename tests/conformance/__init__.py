"""Assumptions about AWS, as tests that run against the local AWS and against a real account."""
