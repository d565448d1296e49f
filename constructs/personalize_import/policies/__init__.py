"""IAM policy documents: statements, sizes, principals and keys."""
