"""The formats of a report: text for people, and what other programs read."""
