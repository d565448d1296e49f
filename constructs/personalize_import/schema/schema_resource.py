"""The resource of a schema: its name, and the rules that it violates, reported at synth."""

import json

import aws_cdk as cdk
import jsii
from aws_cdk import aws_personalize as personalize
from constructs import Construct

from personalize_import.synthesis.names import NAME, name_of_path, name_with_digest
from personalize_import.synthesis.stack_environment import stack_of
from personalize_import.synthesis.validation import ValidationError, check_optional_text
from personalize_import.synthesis.warnings import WARNING_ID_PREFIX
from personalize_import_handler.contract.printable import printable
from personalize_import_handler.data_checks.findings import Finding
from personalize_import_handler.data_checks.rules import Severity
from personalize_import_handler.data_checks.schema_rules import schema_findings


def create_schema(
    scope: Construct, id: str, text: str, domain: str | None, *, name: str | None
) -> personalize.CfnSchema:
    """Create the resource of a schema, with a warning for each finding that isn't an error.

    Raises:
        ValidationError: The name is invalid, or the schema violates a rule that would make the import fail.
    """
    findings = schema_findings(text, domain)
    errors = [schema_message(finding) for finding in findings if finding.rule.severity is Severity.ERROR]
    if problems := [*check_optional_text("name", name, NAME), *errors]:
        raise ValidationError(f"{'/'.join(filter(None, (scope.node.path, id)))}: {'; '.join(problems)}")
    resource = personalize.CfnSchema(scope, id, name=name or "", schema=text, domain=domain)
    if not name:
        resource.name = cdk.Lazy.uncached_string(_SchemaName(name_of_path(scope, id), text, domain, resource))
    for finding in findings:
        if finding.rule.severity is Severity.WARNING:
            cdk.Annotations.of(resource).add_warning_v2(WARNING_ID_PREFIX + finding.rule.id, schema_message(finding))
    return resource


def schema_message(finding: Finding) -> str:
    """Return the message of a finding: the rule, the field, the detail and the fix."""
    rule = finding.rule
    field = f"{finding.column}: " if finding.column else ""
    detail = f" ({finding.detail})" if finding.detail else ""
    return printable(f"{rule.id}: {field}{rule.what}{detail}. {rule.fix}")


@jsii.implements(cdk.IStringProducer)
class _SchemaName:
    """The name of a schema, from its path in the app and a digest.

    CloudFormation never changes a schema. It creates a new one before it deletes the old one, so another text, domain
    or tag requires another name. Tags are complete only when the template is written.
    """

    def __init__(self, place: str, text: str, domain: str | None, resource: personalize.CfnSchema) -> None:
        self._place = place
        self._parts = [place, domain or "", text]  # with the path, because the name truncates it
        self._resource = resource

    def produce(self, context: cdk.IResolveContext) -> str:
        """Return the name, with the current tags of the schema in its digest."""
        tags = _tags_of(self._resource)
        parts = [*self._parts, json.dumps(context.resolve(tags), sort_keys=True)] if tags else self._parts
        return name_with_digest(self._place, *parts)


def _tags_of(resource: personalize.CfnSchema) -> dict[str, str]:
    """Return the tags of a schema, with the tags of its stacks, which CloudFormation adds."""
    tags: dict[str, str] = {}
    stack: cdk.Stack | None = stack_of(resource)
    while stack:
        tags = {**stack.tags.tag_values(), **tags}
        stack = stack.nested_stack_parent
    tag_manager = getattr(resource, "cdk_tag_manager", None)  # an older CDK doesn't have it
    return {**tags, **(tag_manager.tag_values() if tag_manager else {})}
