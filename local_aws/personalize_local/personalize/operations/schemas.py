"""CreateSchema, DescribeSchema, ListSchemas, DeleteSchema."""

from personalize_local.personalize import arns, messages
from personalize_local.personalize.avro_schema import parse_schema
from personalize_local.personalize.errors import already_exists, in_use
from personalize_local.personalize.json_protocol import timestamp
from personalize_local.personalize.models import Schema
from personalize_local.personalize.operations.call import Call, without_nulls
from personalize_local.personalize.pagination import page
from personalize_local.personalize.store import existing


def create_schema(call: Call) -> dict[str, object]:
    """Keep a schema, if it is one that a dataset can use."""
    name, text, domain = call.parameters["name"], call.parameters["schema"], call.parameters.get("domain")
    arn = arns.schema_arn(call.scope, name)
    avro = parse_schema(text, domain)
    with call.resources() as (resources, now):
        if arn in resources.schemas:
            raise already_exists(messages.name_taken(arn))
        resources.schemas[arn] = Schema(name, arn, text, avro, domain, created_at=now)
    return {"schemaArn": arn}


def describe_schema(call: Call) -> dict[str, object]:
    """Return a schema, its text as it was given."""
    with call.resources() as (resources, _now):
        schema = existing(resources.schemas, call.parameters["schemaArn"])
    return {"schema": {**_summary(schema), "schema": schema.text}}


def list_schemas(call: Call) -> dict[str, object]:
    """Return a page of the schemas, without their texts."""
    with call.resources() as (resources, _now):
        schemas = list(resources.schemas.values())
    chosen, more = page(schemas, lambda s: (s.created_at, s.arn), call.parameters, call.settings.default_page_size)
    return {"schemas": [_summary(schema) for schema in chosen], **more}


def delete_schema(call: Call) -> None:
    """Delete a schema that no dataset uses."""
    arn = call.parameters["schemaArn"]
    with call.resources() as (resources, _now):
        existing(resources.schemas, arn)
        for dataset in resources.datasets.values():
            if dataset.schema_arn == arn:
                raise in_use(messages.schema_in_use(arn, dataset.arn))
        del resources.schemas[arn]


def _summary(schema: Schema) -> dict[str, object]:
    return without_nulls(
        name=schema.name,
        schemaArn=schema.arn,
        creationDateTime=timestamp(schema.created_at),
        lastUpdatedDateTime=timestamp(schema.created_at),
        domain=schema.domain,
    )
