"""The imports of a stack, seen from outside: what CloudFormation has asked for, and what has become of the jobs."""
