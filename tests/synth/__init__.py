"""Tests of the construct library: what it synthesizes to, and what it refuses to."""
