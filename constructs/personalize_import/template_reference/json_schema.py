"""JSON schema of the resource type, for editors and for checks of templates before a deployment."""

import json
from typing import Any, Final

from personalize_import.template_reference.values import schema_of
from personalize_import_handler import contract
from personalize_import_handler.contract.property_table import PROPERTIES, Property

_REFERENCE: Final = "#/definitions/reference"


def json_schema() -> str:
    """Return the schema of the resource in a template."""
    return json.dumps(_schema(), indent=2) + "\n"


def _schema() -> dict[str, Any]:
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": contract.RESOURCE_TYPE,
        "description": "A dataset import job of Amazon Personalize, as a resource of a CloudFormation template.",
        "type": "object",
        "properties": {
            "Type": {"enum": [contract.RESOURCE_TYPE, contract.WAIT_RESOURCE_TYPE]},
            "Properties": {
                "type": "object",
                "properties": {each.name: _property(each) for each in PROPERTIES},
                "required": [each.name for each in PROPERTIES if each.required],
                "dependencies": {"DatasetImportJobArn": ["FirstResource"]},
                "additionalProperties": False,
            },
        },
        "required": ["Type", "Properties"],
        "definitions": {
            "reference": {
                "description": "Ref or an intrinsic function, whose value is known when the stack is deployed.",
                "type": "object",
                "minProperties": 1,
                "maxProperties": 1,
                "patternProperties": {"^(Ref|Fn::[A-Za-z0-9:]+)$": {}},
                "additionalProperties": False,
            }
        },
    }


def _property(each: Property) -> dict[str, Any]:
    return {
        "description": each.description,
        "anyOf": [_with_references(schema_of(each.type)), {"$ref": _REFERENCE}],
    }


def _with_references(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema that also allows references as items of a list, and as members of an object."""
    if "items" in schema:
        return {**schema, "items": {"anyOf": [_with_references(schema["items"]), {"$ref": _REFERENCE}]}}
    if "properties" in schema:
        members = {name: {"anyOf": [value, {"$ref": _REFERENCE}]} for name, value in schema["properties"].items()}
        return {**schema, "properties": members}
    return schema
