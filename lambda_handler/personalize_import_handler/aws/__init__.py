"""Clients of the AWS services that the handler calls: a protocol for each, and its implementation on boto3."""
