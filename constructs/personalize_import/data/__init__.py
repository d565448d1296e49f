"""The data of an import: where it is, which dataset it is for, and when it is imported again."""
