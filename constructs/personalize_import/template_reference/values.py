"""Types of property values: their JSON schema, and their names on the reference page."""

from collections.abc import Iterable
from typing import Any

from personalize_import_handler.contract.constraints import TextRule
from personalize_import_handler.contract.value_types import (
    AnyObject,
    Boolean,
    Choice,
    ListOf,
    Members,
    Seconds,
    Text,
    ValueType,
)


def schema_of(value: ValueType) -> dict[str, Any]:
    """Return the JSON schema of a type, without references."""
    match value:
        case Text(rule, length_min):
            return _text(rule, length_min)
        case Choice(choices):
            return {"enum": list(choices)}
        case Boolean():
            pattern = "^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$"
            return {"anyOf": [{"type": "boolean"}, {"type": "string", "pattern": pattern}]}
        case Seconds(lowest, highest):
            number = {"type": "integer", "minimum": lowest, "maximum": highest}
            return {"anyOf": [number, {"type": "string", "pattern": "^[0-9]{1,9}$"}]}
        case Members():
            return _members(value)
        case ListOf():
            limits = {"minItems": value.count_min or None, "maxItems": value.count_max}
            known = {name: limit for name, limit in limits.items() if limit is not None}
            return {"type": "array", "items": _members(value.members), **known}
        case AnyObject():
            return {"type": "object"}


def type_name(value: ValueType) -> str:
    """Return the name of a type on the reference page, in CloudFormation's words."""
    match value:
        case Text() | Choice():
            return "String"
        case Boolean():
            return "Boolean"
        case Seconds():
            return "Integer"
        case Members(rules):
            return f"Object ({_quoted(rules)})"
        case AnyObject(members):
            return f"Object ({_quoted(members)})"
        case ListOf(item, members):
            return f"List of {item} ({_quoted(members.rules)})"


def _text(rule: TextRule, length_min: int = 1) -> dict[str, Any]:
    return {
        "type": "string",
        "pattern": f"^(?:{rule.pattern})$",
        "minLength": length_min,
        "maxLength": rule.length_max,
    }


def _members(members: Members) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: _member(rule) for name, rule in members.rules.items()},
        "required": [name for name in members.rules if name != members.optional],
        "additionalProperties": False,
    }


def _member(rule: TextRule | tuple[int, int] | None) -> dict[str, Any]:
    if rule is None:
        return {"type": "string"}
    if isinstance(rule, TextRule):
        return _text(rule)
    length_min, length_max = rule
    lengths = {"minLength": length_min} if length_min else {}
    return {"type": "string", **lengths, "maxLength": length_max}


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
