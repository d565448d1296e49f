"""Validation of requests against the API model, with AWS's messages."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Final

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from personalize_local.personalize import messages
from personalize_local.personalize.errors import ServiceError

# Python's `re` has no Unicode categories; \w and \d include the letters and numbers of the model's patterns.
_UNICODE_CATEGORIES: Final = {
    r"\p{L}": r"\w",
    r"\p{N}": r"\d",
    r"\p{Z}": " \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000",
    r"\p{ASCII}": r"[\x00-\x7f]",
}
_PYTHON_TYPES: Final[Mapping[str, type | tuple[type, ...]]] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
    "list": list,
    "map": dict,
    "structure": dict,
}

Violation = tuple[str, str, str]
"""The value as shown, the member's path, and the violated constraint."""


def check_constraints(shape: StructureShape, parameters: Mapping[str, object]) -> None:
    """Raise a ValidationException that lists every violation, or a SerializationException for a wrong type."""
    violations = list(_violations(shape, parameters, ""))
    if not violations:
        return
    count = len(violations)
    head = f"{count} validation error{'s' if count > 1 else ''} detected: "
    parts = [
        f"Value{shown} at '{path}' failed to satisfy constraint: {constraint}" for shown, path, constraint in violations
    ]
    raise ServiceError("ValidationException", head + "; ".join(parts))


def _violations(shape: Shape, value: object, path: str) -> Iterator[Violation]:
    """Yield the violations in `value`, depth first."""
    _require_type(shape, value, path)
    if isinstance(shape, StructureShape):
        yield from _structure_violations(shape, value, path)
    elif isinstance(shape, ListShape):
        yield from _list_violations(shape, value, path)
    elif isinstance(shape, MapShape):
        yield from _map_violations(shape, value, path)
    elif isinstance(shape, StringShape):
        yield from _string_violations(shape, str(value), path)
    elif shape.type_name in ("integer", "long", "float", "double"):
        yield from _range_violations(shape, value, path, float, "value")


def _structure_violations(shape: StructureShape, value: object, path: str) -> Iterator[Violation]:
    members: dict[str, object] = value if isinstance(value, dict) else {}
    prefix = f"{path}." if path else ""
    for name in shape.required_members:
        if members.get(name) is None:
            yield " null", prefix + name, "Member must not be null"
    for name, member in members.items():
        if name not in shape.members:
            # botocore refuses unknown parameters before sending the request.
            yield "", prefix + name, messages.UNKNOWN_PARAMETER
        elif member is not None:
            yield from _violations(shape.members[name], member, prefix + name)


def _list_violations(shape: ListShape, value: object, path: str) -> Iterator[Violation]:
    items: list[object] = value if isinstance(value, list) else []
    yield from _range_violations(shape, items, path, len, "length")
    for index, item in enumerate(items, start=1):
        yield from _violations(shape.member, item, f"{path}.{index}.member")


def _map_violations(shape: MapShape, value: object, path: str) -> Iterator[Violation]:
    entries: dict[str, object] = value if isinstance(value, dict) else {}
    yield from _range_violations(shape, entries, path, len, "length")
    for key, entry in entries.items():
        yield from _violations(shape.key, key, f"{path}.key")
        yield from _violations(shape.value, entry, f"{path}.{key}.member")


def _string_violations(shape: StringShape, value: str, path: str) -> Iterator[Violation]:
    too_long = len(value) > shape.metadata.get("max", len(value))
    yield from _range_violations(shape, value, path, len, "length")
    pattern = shape.metadata.get("pattern")
    # Some patterns of the model take quadratic time, so they are matched only against strings within the limit.
    if pattern is not None and not too_long and not _compiled(pattern).fullmatch(value):
        yield _shown(shape, value), path, f"Member must satisfy regular expression pattern: {pattern}"
    if shape.enum and value not in shape.enum:
        yield _shown(shape, value), path, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]"


def _range_violations(
    shape: Shape, value: object, path: str, measure: Callable[..., float], measured: str
) -> Iterator[Violation]:
    size = measure(value)
    if "max" in shape.metadata and size > shape.metadata["max"]:
        yield _shown(shape, value), path, f"Member must have {measured} less than or equal to {shape.metadata['max']}"
    if "min" in shape.metadata and size < shape.metadata["min"]:
        yield (
            _shown(shape, value),
            path,
            f"Member must have {measured} greater than or equal to {shape.metadata['min']}",
        )


def _shown(shape: Shape, value: object) -> str:
    # AWS omits values that the model marks sensitive, such as tag keys and values.
    return "" if shape.metadata.get("sensitive") else f" '{value}'"


def _require_type(shape: Shape, value: object, path: str) -> None:
    expected = _PYTHON_TYPES.get(shape.type_name, object)
    if isinstance(value, expected) and not (isinstance(value, bool) and shape.type_name != "boolean"):
        return
    raise ServiceError("SerializationException", messages.not_convertible(path, shape.type_name))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    for category, characters in _UNICODE_CATEGORIES.items():
        pattern = pattern.replace(category, characters)
    return re.compile(pattern)
