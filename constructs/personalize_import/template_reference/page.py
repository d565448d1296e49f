"""The part of docs/resource-reference.md on syntax, properties and return values."""

from typing import Any, Final

from personalize_import.template_reference.values import schema_of, type_name
from personalize_import_handler import contract
from personalize_import_handler.contract import Attribute
from personalize_import_handler.contract.import_properties import ImportProperties
from personalize_import_handler.contract.property_table import PROPERTIES, Property

_ATTRIBUTES: Final = {
    Attribute.DATASET_IMPORT_JOB_ARN: "The job's ARN.",
    Attribute.JOB_NAME: "The job's full name, with its suffix.",
    Attribute.STATUS: "The status at the end of the wait: `ACTIVE`; with `Wait: false` or `HandsOver: true` "
    f"possibly an earlier status, or `{contract.STATUS_UNKNOWN}`.",
    Attribute.DATASET_ARN: "The dataset's ARN.",
    Attribute.CREATION_DATE_TIME: "When the job was created, in ISO 8601.",
    Attribute.LAST_UPDATED_DATE_TIME: "When the job was last updated, in ISO 8601.",
    Attribute.DURATION_SECONDS: "The seconds between these two.",
}


def reference() -> str:
    """Return syntax, properties and return values, as the contract defines them."""
    return f"{_syntax()}\n## Properties\n\n{''.join(map(_property, PROPERTIES))}{_return_values()}"


def _syntax() -> str:
    properties = "".join(f"      {each.name}: {type_name(each.type)}\n" for each in PROPERTIES)
    return (
        "## Syntax\n\n```yaml\nResources:\n  Import:\n"
        f"    Type: {contract.RESOURCE_TYPE}\n    Properties:\n{properties}```\n"
    )


def _property(each: Property) -> str:
    facts = {
        "Required": "Yes" if each.required else "No",
        "Type": type_name(each.type),
        **_limits(schema_of(each.type)),
        "Default": each.default or _default_of(each.field),
        "Update requires": f"{each.update}",
    }
    lines = "".join(f"- *{name}*: {value}\n" for name, value in facts.items() if value is not None)
    return f"### {each.name}\n\n{each.description}\n\n{lines}\n"


def _default_of(field: str) -> str | None:
    """Return the default of a field as in a template; None if it has no default."""
    match ImportProperties._field_defaults.get(field):
        case None | ():
            return None
        case bool(default):
            return str(default).lower()
        case default:
            return str(default)


def _limits(schema: dict[str, Any]) -> dict[str, str]:
    """Return the limits of a value, in the words of the CloudFormation reference."""
    match schema:
        case {"pattern": str(pattern), "minLength": lowest, "maxLength": highest}:
            return {"Pattern": f"`{pattern}`", "Minimum": f"{lowest}", "Maximum": f"{highest}"}
        case {"anyOf": [{"minimum": lowest, "maximum": highest}, _]}:
            return {"Minimum": f"{lowest}", "Maximum": f"{highest}"}
        case {"enum": choices}:
            return {"Allowed values": " | ".join(f"`{each}`" for each in choices)}
        case {"type": "array", "maxItems": highest}:
            return {"Maximum": f"{highest}"}
    return {}


def _return_values() -> str:
    attributes = "".join(f"| `{attribute}` | {_ATTRIBUTES[attribute]} |\n" for attribute in Attribute)
    return (
        "## Return values\n\n### Ref\n\n"
        "The physical id of the resource, such as `my-stack/Import`. It never changes, not even after a new import.\n\n"
        "### Fn::GetAtt\n\n"
        f"| attribute | what it is |\n| --- | --- |\n{attributes}"
    )
