"""The Personalize service's state between two runs of the local AWS, in a file beside what ministack keeps of its own.

JSON, and no pickle: whoever could write a pickle would run code as whoever starts the server.
"""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints

from personalize_local.personalize.importing.columns import Column
from personalize_local.personalize.importing.records import Records, restored
from personalize_local.personalize.interfaces import Scope
from personalize_local.personalize.service import PersonalizeService
from personalize_local.personalize.store import Resources, State

_FILE: Final = "personalize.json"


class Snapshot:
    """The state in a file of a folder that nobody else can write to, see `claims`."""

    def __init__(self, service: PersonalizeService, folder: Path | None) -> None:
        self._service = service
        self._path = folder / _FILE if folder else None

    def load(self) -> None:
        """Restore the state of the last run, if there is one."""
        if self._path and self._path.exists():
            saved = json.loads(self._path.read_bytes())
            scopes = {_read(Scope, scope): _read(Resources, held) for scope, held in saved["scopes"]}
            self._service.store.restore(State(saved["now"], scopes))

    def save(self) -> None:
        """Write the state, all or nothing."""
        if self._path:
            state = self._service.store.state()
            saved = {
                "now": state.now,
                "scopes": [[_written(scope), _written(held)] for scope, held in state.scopes.items()],
            }
            new = self._path.with_suffix(".new")
            new.write_text(json.dumps(saved))
            new.replace(self._path)


def _written(value: object) -> object:
    """Return what stands for a value in JSON; `_read` is the way back."""
    if isinstance(value, Records):
        return {"columns": _written(value.columns), "content": value.saved()}
    if is_dataclass(value):
        return {field.name: _written(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {name: _written(item) for name, item in value.items()}
    return [_written(item) for item in value] if isinstance(value, tuple) else value


def _read(kind: Any, saved: Any) -> Any:  # noqa: ANN401 - any type that the state has
    """Return the value of a type that `_written` has turned into JSON."""
    if kind is Records:
        return restored(_read(tuple[Column, ...], saved["columns"]), saved["content"])
    if is_dataclass(kind):
        return _read_dataclass(kind, saved)
    origin, parts = get_origin(kind), get_args(kind)
    if origin is UnionType and saved is not None:
        return _read(parts[0], saved)
    if origin is dict:
        return {name: _read(parts[1], item) for name, item in saved.items()}
    return tuple(_read(parts[0], item) for item in saved) if origin is tuple else saved


def _read_dataclass(kind: Any, saved: Mapping[str, Any]) -> Any:  # noqa: ANN401
    types = get_type_hints(kind)
    return kind(**{name: _read(types[name], item) for name, item in saved.items()})
