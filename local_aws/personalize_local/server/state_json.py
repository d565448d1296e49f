"""Resources as JSON, and back.

State is JSON, not a pickle: a pickle from someone else would run code as the user who starts the server.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from personalize_local.personalize.importing.records import Block, DatasetColumn, Records, restored_records

Blocks = Callable[[str], Iterable[Block]]
"""Returns the blocks of the records in a field."""


def to_json(value: object) -> object:
    """Return a value as JSON values, records without their content; `from_json` is the inverse."""
    if isinstance(value, Records):
        return {"columns": to_json(value.columns), "key": value.key}
    if is_dataclass(value):
        return {name: to_json(item) for name, item in _saved_fields(value)}
    if isinstance(value, Mapping):
        return {name: to_json(item) for name, item in value.items()}
    return [to_json(item) for item in value] if isinstance(value, tuple) else value


def records_in(value: object) -> dict[str, Records]:
    """Return the records in the fields of a resource."""
    return {name: item for name, item in _saved_fields(value) if isinstance(item, Records)}


def from_json(kind: Any, saved: Any, blocks: Blocks, name: str = "") -> Any:  # noqa: ANN401 - any type in the state
    """Return the value of a type that `to_json` has converted.

    Args:
        kind: The type.
        saved: The JSON values.
        blocks: Returns the content of records.
        name: The name of the field with the value.
    """
    if kind is Records:
        columns = from_json(tuple[DatasetColumn, ...], saved["columns"], blocks)
        return restored_records(columns, saved["key"], blocks(name))
    if is_dataclass(kind):
        types = get_type_hints(kind)
        return kind(**{name: from_json(types[name], item, blocks, name) for name, item in saved.items()})  # type: ignore[operator]
    origin, parts = get_origin(kind), get_args(kind)
    if origin is UnionType and saved is not None:
        return from_json(parts[0], saved, blocks, name)
    if origin is dict:
        return {key: from_json(parts[1], item, blocks) for key, item in saved.items()}
    return tuple(from_json(parts[0], item, blocks) for item in saved) if origin is tuple else saved


def _saved_fields(value: object) -> Iterator[tuple[str, object]]:
    if is_dataclass(value):
        for field in fields(value):
            if field.metadata.get("saved", True):
                yield field.name, getattr(value, field.name)
