"""The data of an import: preparation, preflight, fingerprint, and the staging bucket."""
