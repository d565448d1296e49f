"""Support of the conformance tests."""
