"""The engines that check rows."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.util import find_spec
from threading import Lock
from typing import Self

from personalize_import_cli.errors import CommandError, command_error
from personalize_import_handler.data_checks.column_checks import Columns
from personalize_import_handler.data_checks.findings import Finding
from personalize_import_handler.data_checks.row_checker import BlockReport, PlainRowChecker, RowChecker
from personalize_import_handler.data_checks.tokenizer import Block


class Engine(StrEnum):
    """The engines by name."""

    DUCKDB = "duckdb"
    PLAIN = "plain"
    """The standard library, as in Lambda."""

    @classmethod
    def fastest(cls) -> Self:
        """Return DuckDB if it is installed."""
        return cls.DUCKDB if find_spec("duckdb") else cls.PLAIN


@contextmanager
def row_checker(engine: Engine) -> Iterator[RowChecker]:
    """Return a row checker; raise `CommandError` if it fails, for example because the disk is full."""
    if engine is Engine.PLAIN:
        yield PlainRowChecker()
        return
    import duckdb

    from personalize_import_cli.check.duckdb_rows import DuckDbRowChecker

    try:
        with DuckDbRowChecker() as checker:
            yield checker
    except OSError as error:
        raise command_error(error, "the folder for temporary files") from error
    except duckdb.Error as error:
        raise CommandError(f"DuckDB: {error} (use --engine plain instead)") from error


@dataclass
class CountedRows:
    """A `RowChecker` that delegates to another one and counts its rows."""

    checker: RowChecker
    rows: int = 0
    workers: int = field(init=False)
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        """Take over the settings of the other checker."""
        self.workers = self.checker.workers
        self.block_bytes = self.checker.block_bytes

    def check(self, block: Block, columns: Columns, counted: frozenset[str]) -> BlockReport:
        """Check the rows of a block."""
        report = self.checker.check(block, columns, counted)
        with self._lock:
            self.rows += report.rows
        return report

    def repeated_ids(self) -> Iterable[Finding]:
        """Return the findings of repeated ids."""
        return self.checker.repeated_ids()

    def users_with_two(self) -> int:
        """Return the number of users with two interactions."""
        return self.checker.users_with_two()
