"""Checks of rows with only the standard library: in Lambda, and for small files."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Protocol

from personalize_import_handler.data_checks import rules
from personalize_import_handler.data_checks.column_checks import Column, Columns
from personalize_import_handler.data_checks.findings import Finding, Findings
from personalize_import_handler.data_checks.rows import Block, BlockReport, PlainRows, Wanted, rows_of
from personalize_import_handler.data_checks.tokenizer import Lines, split_records

USERS_ENOUGH: Final = 25
"""The number of users with two interactions that training needs; no more are counted."""


class RowChecker(Protocol):
    """Checks rows, one block at a time, in several threads at once if `workers` is greater than one."""

    workers: int
    block_bytes: int
    """The size of a block."""

    def split(self, file: str, lines: Lines, *, is_last: bool) -> tuple[Block, Lines | None]:
        """Return the whole records of some lines, and the lines of a record that isn't finished, if there is one."""
        records, rest = split_records(lines, is_last=is_last)
        return Block(file, lines, records), rest

    def check(self, block: Block, columns: Columns, wanted: Wanted) -> BlockReport:
        """Check the rows of a block."""
        ...

    def repeated_ids(self) -> Iterable[Finding]:
        """Return a finding for each file with repeated ids, with the first line, in the order of the files."""
        ...

    def users_with_two(self) -> int:
        """Return the number of users with two interactions, at most `USERS_ENOUGH`."""
        ...


@dataclass
class PlainRowChecker(RowChecker):
    """The `RowChecker` in Python; it checks one block after the other."""

    workers: int = 1
    block_bytes: int = 1 << 18
    _seen: set[str] = field(default_factory=set)
    """The ids of records, or the users of interactions."""
    _twice: set[str] = field(default_factory=set)
    """The users with two interactions."""
    _repeated: Findings = field(default_factory=Findings)

    def check(self, block: Block, columns: Columns, wanted: Wanted) -> BlockReport:
        """Check the rows of a block."""
        rows = rows_of(block, columns)
        if columns.key and rows.lines:
            self._add_ids(columns.key, rows)
        if columns.user and rows.lines and len(self._twice) < USERS_ENOUGH:
            for value in rows.values[columns.user.place]:
                (self._twice if value in self._seen else self._seen).add(value)
            self._twice.discard("")
        return rows.report(columns, wanted)

    def repeated_ids(self) -> Iterable[Finding]:
        """Return the findings about repeated ids."""
        return self._repeated

    def users_with_two(self) -> int:
        """Return the number of users with two interactions."""
        return min(len(self._twice), USERS_ENOUGH)

    def _add_ids(self, key: Column, rows: PlainRows) -> None:
        for line, value in zip(rows.lines, rows.values[key.place], strict=True):
            if value in self._seen and value:
                self._repeated.add(
                    Finding(rule=rules.REPEATED_ID, file=rows.file, line=line, column=key.name, value=value)
                )
            self._seen.add(value)
