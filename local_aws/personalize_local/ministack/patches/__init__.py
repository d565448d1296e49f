"""Changes to ministack where it behaves differently from AWS, one module per concern."""
