"""Time grows no faster than the data, whichever engine reads the rows: the checks' own two, and the local AWS."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

import pytest

from personalize_import_cli.check.engine import Engine, row_checker
from personalize_import_handler.data_checks.column_checks import columns_of
from personalize_import_handler.data_checks.dataset_types import dataset_type_of_schema
from personalize_import_handler.data_checks.headers import header_findings, read_header
from personalize_import_handler.data_checks.row_checker import PlainRowChecker
from personalize_import_handler.data_checks.schema import Field, Schema
from personalize_import_handler.data_checks.tokenizer import Block
from personalize_local.personalize.importing.columns import DatasetColumn
from personalize_local.personalize.importing.csv_file import CsvFile, RowError, missing_columns, read_columns
from tests.data_checks.support.hostile_rows import HOSTILE, Rows
from tests.data_checks.support.timing import FACTOR_MAX, best_seconds, growth

Read = Callable[[Rows], Callable[[], object]]
_TEXT: Final = frozenset({"TEXT"})


def _check(rows: Rows) -> tuple[Block, Schema]:
    fields = [Field(name=each["name"], type_name=_simple(each["type"]), nullable=True) for each in rows.fields]
    return Block("users.csv", 2, rows.rows.count("\n"), rows.rows.removesuffix("\n")), Schema(
        name="Users", fields=tuple(fields)
    )


def _simple(type_: str | list[str]) -> str:
    return type_ if isinstance(type_, str) else type_[-1]


@contextmanager
def engine(name: str) -> Iterator[Read]:
    """Yield a reader of rows, with values of the text known from an earlier block, as in the middle of a file."""
    if name == "local":
        yield _read_locally
        return
    with row_checker(Engine(name)) as shared:

        def read(rows: Rows) -> Callable[[], object]:
            block, schema = _check(rows)
            kind = dataset_type_of_schema(schema.name)
            assert kind is not None
            columns = columns_of([field.name for field in schema.fields], schema, kind)
            first = Block("users.csv", 2, 1, ",".join(["u0", *["1"] * rows.numbers, "a"]))
            checker = PlainRowChecker() if name == "plain" else shared
            checker.check(first, columns, _TEXT)
            return lambda: checker.check(block, columns, _TEXT)

        yield read


def _read_locally(rows: Rows) -> Callable[[], object]:
    columns = tuple(DatasetColumn(each["name"], _simple(each["type"]), nullable=True) for each in rows.fields)
    file = CsvFile("s3://bucket/users.csv", tuple(column.name for column in columns), columns)
    lines = [line.encode() + b"\n" for line in rows.rows.splitlines()]

    def read() -> None:
        with suppress(RowError):
            list(read_columns(file, lines))

    return read


@pytest.mark.parametrize("name", ["plain", "duckdb", "local"])
@pytest.mark.parametrize("kind", HOSTILE)
def test_time_grows_with_the_rows(name: str, kind: str, record_property: Callable[[str, object], None]) -> None:
    make, begin = HOSTILE[kind]
    with engine(name) as read:
        size, factors = growth(lambda size: read(make(size)), begin, seconds=0.002)
    told = f"{' '.join(f'{factor:.1f}' for factor in factors)} from {size}"
    record_property("growth for twice the size", f"{kind}, {name}: {told}")
    assert math.prod(factors) < FACTOR_MAX, told


def test_time_grows_with_the_columns_of_a_header(record_property: Callable[[str, object], None]) -> None:
    fields = tuple(Field(name=f"F{number}") for number in range(100))
    schema = Schema(name="Users", fields=fields)
    kind = dataset_type_of_schema(schema.name)
    assert kind is not None

    def grown(columns: int) -> Callable[[], object]:
        header = read_header("users.csv", ",".join(f'"c{number}"' for number in range(columns)))
        return lambda: (
            [*header_findings(header, schema, header)],
            columns_of(header.names, schema, kind),
            missing_columns(header.names, [DatasetColumn(field.name, "string", nullable=True) for field in fields]),
        )

    size, factors = growth(grown)
    seconds = best_seconds(grown(250_000))
    record_property("growth for twice the size", f"a header: {factors} from {size}, {seconds:.1f} s for 250,000")
    assert math.prod(factors) < FACTOR_MAX
    assert seconds < 2
