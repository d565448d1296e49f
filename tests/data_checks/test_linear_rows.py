"""Time grows no faster than the data, whichever row checker reads the rows."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import pytest

from personalize_import_handler.data_checks.aggregates import BlockReport
from personalize_import_handler.data_checks.arrow.row_checker import ArrowRowChecker
from personalize_import_handler.data_checks.column_checks import columns_of
from personalize_import_handler.data_checks.dataset_types import dataset_type_of_schema
from personalize_import_handler.data_checks.headers import header_findings, read_header
from personalize_import_handler.data_checks.row_checker import RowChecker
from personalize_import_handler.data_checks.rows import Block
from personalize_import_handler.data_checks.schema import Field, Schema
from personalize_import_handler.data_checks.tokenizer import split_records
from tests.data_checks.support.hostile_rows import HOSTILE, Rows
from tests.data_checks.support.timing import FACTOR_MAX, best_seconds, growth

Read = Callable[[Rows], Callable[[], object]]


def _check(rows: Rows) -> tuple[bytes, Schema]:
    fields = [Field(name=each["name"], type_name=_simple(each["type"]), nullable=True) for each in rows.fields]
    content = rows.rows.removesuffix("\n").encode() + b"\n"
    return content, Schema(name="Users", fields=tuple(fields))


def _simple(type_: str | list[str]) -> str:
    return type_ if isinstance(type_, str) else type_[-1]


@contextmanager
def reader(name: str) -> Iterator[Read]:
    """Yield a function that reads rows."""
    with ArrowRowChecker(workers=1) as arrow:

        def read(rows: Rows) -> Callable[[], object]:
            lines, schema = _check(rows)
            kind = dataset_type_of_schema(schema.name)
            assert kind is not None
            columns = columns_of([field.name for field in schema.fields], schema, kind)
            checker: RowChecker = RowChecker() if name == "plain" else arrow
            return lambda: checker.check(
                checker.split(Block("users.csv", lines), is_last=True)[0], columns, BlockReport()
            )

        yield read


@pytest.mark.parametrize("name", ["plain", "arrow"])
@pytest.mark.parametrize("kind", HOSTILE)
def test_time_grows_with_the_rows(name: str, kind: str, record_property: Callable[[str, object], None]) -> None:
    make, begin = HOSTILE[kind]
    with reader(name) as read:
        size, factors = growth(lambda size: read(make(size)), begin, seconds=0.002)
    told = f"{' '.join(f'{factor:.1f}' for factor in factors)} from {size}"
    record_property("growth for twice the size", f"{kind}, {name}: {told}")
    assert math.prod(factors) < FACTOR_MAX, told


LINES: Final[dict[str, str]] = {
    "quotes that are never closed": '"',
    "quotes that close and open": 'a","',
    "quotes that open": 'a,"b',
    "quotes that close": 'b",a',
    "quotes in the middle": 'a"b"c',
    "doubled quotes": '""',
    "a doubled quote that is open": '"""',
    "half an escape": '"a\\',
    "backslashes": "\\",
    "empty": "",
}
"""Lines that open quotes or close them, each the only one of a file, many times."""


@pytest.mark.parametrize("is_last", [True, False])
@pytest.mark.parametrize("kind", LINES)
def test_time_grows_with_lines_of_quotes(
    kind: str, is_last: bool, record_property: Callable[[str, object], None]
) -> None:
    def grown(size: int) -> Callable[[], object]:
        lines = f"{LINES[kind]}\n".encode() * size
        return lambda: split_records(lines, is_last=is_last)

    size, factors = growth(grown, seconds=0.002)
    told = f"{' '.join(f'{factor:.1f}' for factor in factors)} from {size}"
    record_property("growth for twice the size", f"{kind}: {told}")
    assert math.prod(factors) < FACTOR_MAX, told


@pytest.mark.parametrize("line", ['"', 'a","', 'a,"b'])
def test_hostile_lines_take_at_most_twenty_times_as_long_as_plain_ones(line: str) -> None:
    def seconds(text: str) -> float:
        lines = f"{text}\n".encode() * ((4 << 20) // (len(text) + 1))  # what a preflight reads
        return best_seconds(lambda: split_records(lines, is_last=True))

    assert seconds(line) < 20 * seconds("a")


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
        )

    size, factors = growth(grown)
    record_property("growth for twice the size", f"a header: {factors} from {size}")
    assert math.prod(factors) < FACTOR_MAX
