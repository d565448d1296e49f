"""What an import does with data: find it, read it, check it, keep it."""
