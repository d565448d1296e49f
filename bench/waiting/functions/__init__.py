"""Lambda functions that users would write without this construct."""
