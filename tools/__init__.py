"""Scripts of the gate."""
