"""Resources as JSON."""

import builtins
import types
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

from personalize_local.personalize.importing.records import Records
from personalize_local.personalize.store import Resources

JSON = (str, int, float, bool, types.NoneType, object, Any, Mapping[str, object], Mapping[str, Any])


def unsupported(kind: Any, place: str) -> list[str]:
    """Return the places in a type that would not be the same after they were saved and restored."""
    if kind in JSON:
        return []
    if is_dataclass(kind):
        return [found for name, each in saved_fields(kind) for found in unsupported(each, f"{place}.{name}")]
    parts = [part for part in get_args(kind) if part is not ...]
    match get_origin(kind), parts:
        case types.UnionType, _ if set(parts) <= set(JSON):
            return []
        case (types.UnionType, [part, types.NoneType]) | (builtins.dict, [builtins.str, part]):
            return unsupported(part, place)
        case (builtins.tuple, [part]):
            return unsupported(part, place)
    return [f"{place}: {kind}"]


def saved_fields(kind: Any) -> list[tuple[str, Any]]:
    hints = get_type_hints(kind)
    return [(field.name, hints[field.name]) for field in fields(kind) if field.metadata.get("saved", True)]


def test_every_resource_can_be_saved() -> None:
    for kind, stored in saved_fields(Resources):
        resource = get_args(stored)[1] if get_origin(stored) is dict else stored
        parts = saved_fields(resource) if is_dataclass(resource) else [("", resource)]
        # Only a field of the resource itself may be records.
        assert [
            found for name, part in parts if part is not Records for found in unsupported(part, f"{kind}.{name}")
        ] == []


@dataclass
class Part:
    name: str


@dataclass
class Unsupported:
    parts: list[Part]
    names: set[str]
    by_name: Mapping[str, Part]
    either: Part | str
    pairs: tuple[Part, Part]
    records: Records


def test_types_that_would_be_read_as_others_are_found() -> None:
    found = {place.partition(":")[0] for place in unsupported(Unsupported, "it")}
    assert found == {f"it.{field.name}" for field in fields(Unsupported)}
