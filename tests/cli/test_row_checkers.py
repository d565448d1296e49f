"""The engine that checks the rows, and its failures."""

import errno

import duckdb
import pytest

from personalize_import_cli.check.duckdb_rows import DuckDbRowChecker
from personalize_import_cli.check.engine import Engine, row_checker
from personalize_import_cli.errors import CommandError
from personalize_import_handler.data_checks.row_checker import PlainRowChecker


def test_the_chosen_engine_is_used() -> None:
    with row_checker(Engine.DUCKDB) as fast, row_checker(Engine.PLAIN) as plain:
        assert isinstance(fast, DuckDbRowChecker)
        assert isinstance(plain, PlainRowChecker)


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (
            duckdb.OutOfMemoryException("no\nmemory"),
            r"^DuckDB: no memory \(use --engine plain instead\)$",
        ),
        (OSError(errno.ENOSPC, "No space left on device"), "^the folder for temporary files: No space left on device$"),
    ],
    ids=["memory", "disk"],
)
def test_an_engine_that_fails_is_reported_in_one_line(problem: Exception, words: str) -> None:
    with pytest.raises(CommandError, match=words), row_checker(Engine.DUCKDB):
        raise problem
