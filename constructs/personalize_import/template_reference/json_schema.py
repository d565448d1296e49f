"""The resource type as JSON schema: for editors, and for checks of templates before they are deployed."""

import json
from typing import Any, Final

from personalize_import.template_reference.properties import PROPERTIES, Property
from personalize_import_handler import contract

_REFERENCE: Final = "#/definitions/reference"


def json_schema() -> str:
    """Write the schema of the resource as it stands in a template."""
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
                "additionalProperties": False,
            },
        },
        "required": ["Type", "Properties"],
        "definitions": {
            "reference": {
                "description": "Ref, or an intrinsic function: what is known when the stack is deployed.",
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
        "anyOf": [_with_references(each.schema), {"$ref": _REFERENCE}],
    }


def _with_references(schema: dict[str, Any]) -> dict[str, Any]:
    """Let what is inside a list be references too, and values of what is inside that."""
    if "items" not in schema:
        return schema
    inside = schema["items"]
    values = {name: {"anyOf": [value, {"$ref": _REFERENCE}]} for name, value in inside["properties"].items()}
    return {**schema, "items": {"anyOf": [{**inside, "properties": values}, {"$ref": _REFERENCE}]}}
