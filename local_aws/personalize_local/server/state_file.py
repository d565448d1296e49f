"""The state of the server between two runs: an SQLite database, to which each change is written before it is answered.

A server that is killed loses nothing that it has answered: the operating system has the pages of a committed
transaction. They aren't flushed to the disk at once (`synchronous = NORMAL`), so that a call doesn't wait for the disk;
a power failure may cost the last changes, and never damages the file: https://www.sqlite.org/wal.html
"""

import json
import logging
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Final, get_args, get_type_hints

from personalize_local.personalize.errors import not_saved
from personalize_local.personalize.interfaces import AccountRegion
from personalize_local.personalize.journal import Change
from personalize_local.personalize.store import Resources, SavedState
from personalize_local.server.locks import CannotServeError
from personalize_local.server.state_json import from_json, records_in, to_json

_logger: Final = logging.getLogger(__name__)

_FILE: Final = "state.sqlite"
_FORMAT: Final = 2
"""A higher number makes the server refuse a file of an earlier version, instead of misreading it."""
_TABLES: Final = """
CREATE TABLE time (id INTEGER PRIMARY KEY CHECK (id = 0), now REAL NOT NULL);
CREATE TABLE resources (at TEXT, kind TEXT, arn TEXT, value TEXT NOT NULL, UNIQUE (at, kind, arn));
CREATE TABLE records (at TEXT, kind TEXT, arn TEXT, field TEXT, number INTEGER, count INTEGER NOT NULL,
    cells BLOB NOT NULL, PRIMARY KEY (at, kind, arn, field, number)) WITHOUT ROWID;
CREATE TABLE services (name TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;
"""
_SAVE_TIME: Final = "INSERT INTO time VALUES (0, ?) ON CONFLICT DO UPDATE SET now = excluded.now"
_SAVE_RESOURCE: Final = (
    "INSERT INTO resources VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"  # in the same place
)
_DELETE_RESOURCE: Final = "DELETE FROM resources WHERE at = ? AND kind = ? AND arn = ?"
_DELETE_RECORDS: Final = "DELETE FROM records WHERE at = ? AND kind = ? AND arn = ? AND field = ?"
_SAVE_SERVICE: Final = "INSERT INTO services VALUES (?, ?) ON CONFLICT DO UPDATE SET state = excluded.state"

Row = tuple[str, str, str]


class StateFile:
    """The database; thread-safe."""

    def __init__(self, folder: Path) -> None:
        """Open the database in a folder, or create it; raise `CannotServeError` if it is damaged."""
        self.folder = folder
        self._path = folder / _FILE
        self._lock = threading.RLock()
        self._time = 0.0
        with self._readable():
            self._connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
            self._prepare()

    def load(self) -> SavedState:
        """Return the saved resources; raise `CannotServeError` if they can't be read."""
        with self._readable():
            (self._time,) = self._connection.execute("SELECT now FROM time").fetchone() or (0.0,)
            return SavedState(self._time, self._resources())

    def load_services(self) -> dict[str, str]:
        """Return the states of the other services, by name."""
        with self._readable():
            return dict(self._connection.execute("SELECT name, state FROM services"))

    def save(self, at: AccountRegion, now: float, changes: Sequence[Change]) -> None:
        """Save changes and the simulated time, all or nothing; raise ServiceError if they can't be saved."""
        place = json.dumps([at.account, at.region, at.partition])
        with self._transaction():
            for change in changes:
                self._save_change((place, change.kind, change.key), change)
            self._connection.execute(_SAVE_TIME, (now,))
        self._time = now

    def save_time(self, now: float) -> None:
        """Save the simulated time if possible."""
        with suppress(sqlite3.Error), self._lock:
            if now != self._time:
                self._connection.execute(_SAVE_TIME, (now,))
                self._time = now

    def save_services(self, states: Mapping[str, str]) -> None:
        """Save the states of other services, by name, all or nothing; raise ServiceError if they can't be saved."""
        with self._transaction("The change was made, and is lost if the server stops before another is saved"):
            self._connection.executemany(_SAVE_SERVICE, states.items())

    def clear(self) -> None:
        """Delete all resources; raise ServiceError if that is impossible."""
        with self._transaction():
            self._connection.execute("DELETE FROM resources")
            self._connection.execute("DELETE FROM records")

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._connection.close()

    def _prepare(self) -> None:
        execute = self._connection.execute
        execute("PRAGMA journal_mode = WAL")
        execute("PRAGMA synchronous = NORMAL")
        (problem,) = execute("PRAGMA quick_check(1)").fetchone()
        if problem != "ok":
            raise sqlite3.DatabaseError(problem)
        (version,) = execute("PRAGMA user_version").fetchone()
        if version == 0:
            self._connection.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {_FORMAT}; COMMIT;")
        elif version != _FORMAT:
            raise sqlite3.DatabaseError(f"its format is {version}, this version reads {_FORMAT}")

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._unreadable(str(error)) from error
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise self._unreadable(f"its content is damaged or of another version ({error!r})") from error

    def _unreadable(self, cause: str) -> CannotServeError:
        line = " ".join(f"{self._path} can't be read: {cause}".split())
        return CannotServeError(f"{line}; delete {self.folder} to start without its state")

    @contextmanager
    def _transaction(self, effect: str = "Nothing was changed") -> Iterator[None]:
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                yield
                self._connection.execute("COMMIT")
            except sqlite3.Error as error:
                self._roll_back()
                _logger.error("%s: %s", self._path, error)  # noqa: TRY400 - the cause is outside
                raise not_saved(str(self._path), str(error), effect) from error
            except BaseException:
                self._roll_back()
                raise

    def _roll_back(self) -> None:
        # SQLite has rolled back by itself after some errors.
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def _save_change(self, row: Row, change: Change) -> None:
        if change.after is None:
            self._connection.execute(_DELETE_RESOURCE, row)
        else:
            self._connection.execute(_SAVE_RESOURCE, (*row, json.dumps(to_json(change.after))))
        before, after = records_in(change.before), records_in(change.after)
        for field in before.keys() | after.keys():
            # Records may be large, and are seldom what has changed.
            if before.get(field) is not after.get(field):
                self._connection.execute(_DELETE_RECORDS, (*row, field))
                blocks = enumerate(after[field].blocks() if field in after else ())
                lines = ((*row, field, number, count, cells) for number, (count, cells) in blocks)
                self._connection.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?)", lines)

    def _resources(self) -> dict[AccountRegion, Resources]:
        found: dict[AccountRegion, Resources] = {}
        types = get_type_hints(Resources)
        for place, kind, arn, value in self._connection.execute("SELECT * FROM resources ORDER BY rowid").fetchall():
            row = (place, kind, arn)
            of_place = found.setdefault(AccountRegion(*json.loads(place)), Resources())
            value_type = get_args(types[kind])[1] if arn else types[kind]
            restored = from_json(value_type, json.loads(value), partial(self._blocks, row))
            if arn:
                getattr(of_place, kind)[arn] = restored
            else:
                setattr(of_place, kind, restored)
        return found

    def _blocks(self, row: Row, field: str) -> Iterator[tuple[int, bytes]]:
        query = "SELECT count, cells FROM records WHERE at = ? AND kind = ? AND arn = ? AND field = ? ORDER BY number"
        return iter(self._connection.execute(query, (*row, field)).fetchall())
