"""Code of Lambda functions, as one would write it without this construct."""
