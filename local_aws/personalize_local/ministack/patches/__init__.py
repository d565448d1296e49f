"""Patches of ministack where its behavior differs from AWS, one module per difference."""
