"""Access to the data: the import role, read permissions, and the statements that others must add."""
