"""Messages for stack events."""
