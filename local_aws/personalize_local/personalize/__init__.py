"""The Amazon Personalize service."""
