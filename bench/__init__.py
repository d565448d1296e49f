"""Benchmarks of time, memory, API calls and cost; run them with `make bench`."""
