"""Policy documents from statements, and the resources of statements."""

from aws_cdk import aws_iam as iam

from personalize_import_handler.contract.statements import Statement


def document(*statements: Statement) -> iam.PolicyDocument:
    """Create a policy document with the statements; one call of the jsii kernel, however many there are."""
    return iam.PolicyDocument.from_json({"Version": "2012-10-17", "Statement": [*statements]})


def resources_of(statement: Statement) -> list[str]:
    """Return the resources of a statement as a list, which may be empty."""
    resources: str | list[str] = statement.get("Resource", [])
    return [resources] if isinstance(resources, str) else resources
