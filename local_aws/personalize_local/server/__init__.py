"""The server process: start, options, TLS, locks and persistence."""
