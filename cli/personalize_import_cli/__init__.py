"""The command line `personalize-import`."""
