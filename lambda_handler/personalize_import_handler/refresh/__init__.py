"""Refreshes: imports that a trigger requests between two deploys."""
