"""The Personalize service's state between two runs, in a file next to ministack's state.

The file is JSON, not a pickle: a pickle from someone else would run code as the user who starts the server.
"""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints

from personalize_local.personalize.importing.records import DatasetColumn, Records, records_from_json
from personalize_local.personalize.interfaces import AccountRegion
from personalize_local.personalize.service import PersonalizeService
from personalize_local.personalize.store import Resources, SavedState

_FILE: Final = "personalize-state.json"


class StateFile:
    """The state in a file of a folder that only this user can write to, see `locks`."""

    def __init__(self, service: PersonalizeService, folder: Path | None) -> None:
        self._service = service
        self._path = folder / _FILE if folder else None

    def load(self) -> None:
        """Restore the state of the last run, if there is one."""
        if self._path and self._path.exists():
            saved = json.loads(self._path.read_bytes())
            resources = {_from_json(AccountRegion, at): _from_json(Resources, each) for at, each in saved["resources"]}
            self._service.store.restore(SavedState(saved["now"], resources))

    def save(self) -> None:
        """Replace the file with the present state, atomically."""
        if self._path:
            with self._service.store.lock:
                state = self._service.store.state()
                resources = [[to_json(at), to_json(each)] for at, each in state.by_account_region.items()]
            new = self._path.with_suffix(".new")
            new.write_text(json.dumps({"now": state.now, "resources": resources}))
            new.replace(self._path)


def to_json(value: object) -> object:
    """Return a value as JSON values; `_from_json` is the inverse."""
    if isinstance(value, Records):
        return {"columns": to_json(value.columns), "content": value.to_json()}
    if is_dataclass(value):
        return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {name: to_json(item) for name, item in value.items()}
    return [to_json(item) for item in value] if isinstance(value, tuple) else value


def _from_json(kind: Any, saved: Any) -> Any:  # noqa: ANN401 - any type in the state
    """Return the value of a type that `to_json` has converted."""
    if kind is Records:
        return records_from_json(_from_json(tuple[DatasetColumn, ...], saved["columns"]), saved["content"])
    if is_dataclass(kind):
        return _dataclass_from_json(kind, saved)
    origin, parts = get_origin(kind), get_args(kind)
    if origin is UnionType and saved is not None:
        return _from_json(parts[0], saved)
    if origin is dict:
        return {name: _from_json(parts[1], item) for name, item in saved.items()}
    return tuple(_from_json(parts[0], item) for item in saved) if origin is tuple else saved


def _dataclass_from_json(kind: Any, saved: Mapping[str, Any]) -> Any:  # noqa: ANN401
    types = get_type_hints(kind)
    return kind(**{name: _from_json(types[name], item) for name, item in saved.items()})
