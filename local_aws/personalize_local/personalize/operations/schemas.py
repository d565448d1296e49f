"""CreateSchema, DescribeSchema, ListSchemas, DeleteSchema."""

from typing import Final

from personalize_import_handler.data_checks.rules import SCHEMA_TOO_LONG, Severity
from personalize_import_handler.data_checks.schema import Schema, read_schema
from personalize_import_handler.data_checks.schema_rules import schema_findings
from personalize_local.personalize import arns, messages
from personalize_local.personalize.errors import in_use, invalid_input
from personalize_local.personalize.json_protocol import timestamp
from personalize_local.personalize.models import StoredSchema
from personalize_local.personalize.operations.call import Call
from personalize_local.personalize.operations.resource_kinds import ResourceKind, require_free, require_quota
from personalize_local.personalize.store import existing


def create_schema(call: Call) -> dict[str, object]:
    """Create a schema that a dataset can use."""
    name, text, domain = call.parameters["name"], call.parameters["schema"], call.parameters.get("domain")
    arn = arns.schema_arn(call.at, name)
    schema = parse_valid_schema(text, domain)
    with call.resources() as (resources, now):
        require_free(arn, resources.schemas)
        require_quota("schema", len(resources.schemas), call.settings.schemas)
        resources.schemas[arn] = StoredSchema(name, arn, text, schema, domain, created_at=now)
    return {"schemaArn": arn}


def delete_schema(call: Call) -> None:
    """Delete a schema that no dataset uses."""
    arn = call.parameters["schemaArn"]
    with call.resources() as (resources, _now):
        existing(resources.schemas, arn)
        for dataset in resources.datasets.values():
            if dataset.schema_arn == arn:
                raise in_use(messages.schema_in_use(arn, dataset.arn))
        del resources.schemas[arn]


def parse_valid_schema(text: str, domain: str | None) -> Schema:
    """Return a schema; raise InvalidInputException for the first rule that it violates.

    It is not documented which rules the real service checks at CreateSchema. This one checks all except two, which need
    the dataset and are checked by CreateDataset: the dataset's type and the dataset group's domain must match.
    """
    for finding in schema_findings(text, domain):
        # The limit is CloudFormation's; the API allows longer schemas.
        if finding.rule.severity is Severity.ERROR and finding.rule != SCHEMA_TOO_LONG:
            raise invalid_input(messages.invalid_schema(finding.message))
    return read_schema(text, domain)


def _members(schema: StoredSchema, _now: float) -> dict[str, object]:
    return {
        "name": schema.name,
        "schemaArn": schema.arn,
        "schema": schema.text,
        "creationDateTime": timestamp(schema.created_at),
        "lastUpdatedDateTime": timestamp(schema.created_at),
        "domain": schema.domain,
    }


_KIND: Final = ResourceKind(name="Schema", stored=lambda resources: resources.schemas, members=_members)
OPERATIONS: Final = {**_KIND.operations, "CreateSchema": create_schema, "DeleteSchema": delete_schema}
