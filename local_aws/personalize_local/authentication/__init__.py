"""Access keys and request signatures."""
