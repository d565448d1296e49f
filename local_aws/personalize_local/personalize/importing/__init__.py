"""Import jobs: find, read, check and store the data."""
