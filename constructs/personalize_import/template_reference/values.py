"""What values may be, as JSON schema: made of the contract's rules and limits."""

from typing import Any, Final

from personalize_import_handler import contract
from personalize_import_handler.contract import asset_files, constraints
from personalize_import_handler.contract.constraints import TextRule


def text(rule: TextRule, length_min: int = 1) -> dict[str, Any]:
    """Give what a rule for strings allows."""
    return {
        "type": "string",
        "pattern": f"^(?:{rule.pattern})$",
        "minLength": length_min,
        "maxLength": rule.length_max,
    }


def seconds(lowest: int, highest: int) -> dict[str, Any]:
    """Give whole seconds, as a number or, as CloudFormation hands them over, as a string of digits."""
    return {
        "anyOf": [
            {"type": "integer", "minimum": lowest, "maximum": highest},
            {"type": "string", "pattern": "^[0-9]{1,9}$"},
        ]
    }


BOOLEAN: Final[dict[str, Any]] = {
    "anyOf": [{"type": "boolean"}, {"type": "string", "pattern": "^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$"}]
}
TAG: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "Key": {"type": "string", "minLength": 1, "maxLength": contract.TAG_KEY_LENGTH_MAX},
        "Value": {"type": "string", "maxLength": contract.TAG_VALUE_LENGTH_MAX},
    },
    "required": ["Key", "Value"],
    "additionalProperties": False,
}
FOLLOWER: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"LogicalId": text(constraints.LOGICAL_ID), "JobName": text(constraints.JOB_NAME)},
    "required": ["LogicalId"],
    "additionalProperties": False,
}
FIRST_RESOURCE: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"LogicalId": text(constraints.LOGICAL_ID), "PhysicalId": {"type": "string"}},
    "required": ["LogicalId", "PhysicalId"],
    "additionalProperties": False,
}
FILE: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"Name": text(asset_files.DATA_FILE_NAME), "Source": text(asset_files.OBJECT)},
    "required": ["Name", "Source"],
    "additionalProperties": False,
}
