"""DuckDB and the standard library find the same in the same data, whatever is wrong with it."""

from collections.abc import Iterable
from typing import Final

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from personalize_import_cli.check.duckdb_rows import DuckDbRowChecker
from personalize_import_handler.contract import ImportMode
from personalize_import_handler.data_checks.checker import check
from personalize_import_handler.data_checks.files import Data, DataFile
from personalize_import_handler.data_checks.row_checker import PlainRowChecker, RowChecker
from personalize_import_handler.data_checks.schema import Field, Schema
from tests.data_checks.support.faulty import ACTION_INTERACTIONS, INTERACTIONS, ITEMS, chunks_of

USERS: Final = Schema(
    name="Users",
    fields=(
        Field(name="USER_ID"),
        Field(name="AGE", type_name="int"),
        Field(name="INCOME", type_name="double", nullable=True),
        Field(name="LOYAL", type_name="boolean", nullable=True),
        Field(name="CLASS", categorical=True, nullable=True),
    ),
)
GOOD: Final = {
    "long": st.integers(1_600_000_000, 1_700_000_000).map(str),
    "int": st.integers(-(2**31), 2**31 - 1).map(str),
    "float": st.floats(allow_nan=False, allow_infinity=False).map(str),
    "double": st.floats(allow_nan=False, allow_infinity=False).map(str),
    "boolean": st.sampled_from(["true", "false", "True", "FALSE"]),
    "string": st.sampled_from(["a", "b", "c", "view", "Taken", "a|b|c", '"x, y"', r'"say \"hi\""', r"back\\slash"]),
}
BAD: Final = st.sampled_from([
    *("", " ", '"', '""', '"""', '"a', 'a"', '"a"b', '"a""b"', '"a"",b"', "\\", r"a\,b", r"\"", r'"a\"', "'", "\t"),
    *("1e3", "1.5", "+7", "-0", " 12", "1_000", "٣", "nan", "0x10", "007", "9" * 19, "-" + "9" * 19, "1" * 31),
    *("2147483647", "2147483648", "-2147483649", "9223372036854775807", "9223372036854775808", "4102444800"),
    *("999999999999", "1000000000000", "1700000000000", "+1700000000000", "-1700000000000"),
    *("USER_ID", "TIMESTAMP", "x" * 256, "x" * 257, "é" * 256, "é" * 257, "😀" * 1000, "😀" * 1001, "x" * 20_001),
    "\r",
    *("true", "TRUE", "yes", "null", "a,b", "a\nb", "line\u2028separator", "\x0b", "\x85", "(?:", "[a-z]+", "%", "$1"),
])  # fmt: skip
BLOCK_BYTES: Final = 700
JUNK: Final = st.sampled_from(["", " ", ",", ",,,,,,,", '"', "\\", "no commas", "\ufeff", "USER_ID,ITEM_ID"])


@st.composite
def rows_of(draw: st.DrawFn, names: list[str], schema: Schema) -> str:
    types = {field.name: field.type_name for field in schema.fields}
    cells = [draw(st.one_of(GOOD[types.get(name, "string")], GOOD[types.get(name, "string")], BAD)) for name in names]
    return ",".join(cells)


@st.composite
def file_of(draw: st.DrawFn, schema: Schema) -> bytes:
    names = [field.name for field in schema.fields]
    header = draw(st.one_of(st.just(names), st.permutations(names), st.just([*names, ""]), st.just(names[1:])))
    good = draw(st.lists(st.one_of(*[st.tuples(*(GOOD[field.type_name] for field in schema.fields))]), max_size=3))
    lines: list[str] = draw(st.lists(st.one_of(rows_of(header, schema), rows_of(header, schema), JUNK), max_size=20))
    lines += [",".join(row) for row in good] * draw(st.integers(0, 20))
    line_end = draw(st.sampled_from(["\n", "\r\n"]))
    content = line_end.join([",".join(header), *lines]).encode() + draw(st.sampled_from([b"", b"\n", b"\n\n", b"\r\n"]))
    return content.replace(b"\xc3", draw(st.sampled_from([b"\xc3", b"\xff"])))


@st.composite
def data_of_any_kind(draw: st.DrawFn) -> tuple[Schema, Data]:
    schema = draw(st.sampled_from([INTERACTIONS, ITEMS, USERS, ACTION_INTERACTIONS]))
    contents = draw(st.lists(file_of(schema), min_size=1, max_size=2))
    chunk = draw(st.integers(1, 300))
    return schema, Data(location="data/", files=[data_file(n, content, chunk) for n, content in enumerate(contents)])


def data_file(number: int, content: bytes, chunk: int) -> DataFile:
    return DataFile(f"{number}.csv", len(content), lambda: chunks_of(content, chunk))


def told(schema: Schema, data: Data, rows: RowChecker) -> Iterable[tuple[object, ...]]:
    findings = check(data, schema, import_mode=ImportMode.FULL, rows=rows)
    return [(f.rule.id, f.file, f.line, f.column, f.value, f.count, f.detail) for f in findings]


@settings(max_examples=25, deadline=None)
@given(data_of_any_kind())
def test_both_find_the_same(generated: tuple[Schema, Data]) -> None:
    schema, data = generated

    with DuckDbRowChecker(workers=2, block_bytes=BLOCK_BYTES) as rows:
        assert list(told(schema, data, rows)) == list(told(schema, data, PlainRowChecker(block_bytes=BLOCK_BYTES)))


@pytest.mark.nightly
@settings(max_examples=100, deadline=None)
@given(data_of_any_kind())
def test_both_find_the_same_in_much_more_data(generated: tuple[Schema, Data]) -> None:
    schema, data = generated

    with DuckDbRowChecker(workers=2, block_bytes=BLOCK_BYTES) as rows:
        assert list(told(schema, data, rows)) == list(told(schema, data, PlainRowChecker(block_bytes=BLOCK_BYTES)))
