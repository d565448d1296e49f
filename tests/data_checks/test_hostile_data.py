"""Hostile data and schemas end in a finding, with few words, and soon."""

import json
from collections.abc import Iterator

import pytest

from personalize_import_handler.data_checks.arrow.row_checker import ArrowRowChecker
from personalize_import_handler.data_checks.checker import check
from personalize_import_handler.data_checks.files import Data, DataFile
from personalize_import_handler.data_checks.findings import Finding
from personalize_import_handler.data_checks.headers import NAMED_MAX
from personalize_import_handler.data_checks.row_checker import RowChecker
from personalize_import_handler.data_checks.schema import NotJson, read_schema
from tests.data_checks.support.generated import Generated
from tests.data_checks.support.hostile_rows import Rows, many_numbers, schema_of

SCHEMA = read_schema(schema_of(Rows(1, "")))
HEADER = "USER_ID,N0,TEXT"


@pytest.fixture(params=["plain", "arrow"])
def checker(request: pytest.FixtureRequest) -> Iterator[RowChecker]:
    if request.param == "plain":
        yield RowChecker()
        return
    with ArrowRowChecker(workers=2) as checker:
        yield checker


def found(checker: RowChecker, content: str, name: str = "users.csv", head_bytes: int | None = None) -> list[Finding]:
    chunks = [content.encode()[begin : begin + (1 << 20)] for begin in range(0, len(content), 1 << 20)]
    file = DataFile(name=name, size=len(content), chunks=lambda: iter(chunks))
    return list(check(Data(location=name, files=[file]), SCHEMA, rows=checker, head_bytes=head_bytes))


@pytest.mark.parametrize("rows", [10_000, 400_000], ids=["in the first block", "in a later one"])
def test_a_nul_byte_after_the_head_is_no_text(checker: RowChecker, rows: int) -> None:
    lines = [HEADER, *(f"u{number},1,a" for number in range(rows)), "u,1,\0"]
    (finding,) = [each for each in found(checker, "\n".join(lines)) if each.rule.id == "not-csv"]
    assert (finding.line, finding.detail) == (len(lines), "binary")


def test_a_nul_byte_in_a_header_that_is_longer_than_the_head_is_no_text(checker: RowChecker) -> None:
    (finding,) = found(checker, f"{HEADER},{'x' * (1 << 17)}\0\nu1,1,a,b\n")
    assert finding.rule.id == "not-csv"


def test_what_comes_before_a_nul_byte_is_checked(checker: RowChecker) -> None:
    rows = "".join(f"u{number},1,a\n" for number in range(400_000))
    findings = found(checker, f"{HEADER}\n,1,a\n{rows}u,1,\0\n")
    assert [each.rule.id for each in findings] == ["id-missing", "not-csv"]


def test_of_very_many_columns_the_first_are_named_and_all_are_counted(checker: RowChecker) -> None:
    names = [f"C{number}" for number in range(20_000)]
    findings = found(checker, f"{HEADER},{','.join(names)}\nu1,1,a{',' * len(names)}\n")
    extra = [each for each in findings if each.rule.id == "column-extra"]
    assert [each.column for each in extra if each.column] == sorted(names[:NAMED_MAX])
    (others,) = [each for each in extra if each.column is None]
    assert (others.detail, others.count) == ("19900 more columns", 19_900)


def test_columns_with_the_same_letters_are_one_finding_for_a_field(checker: RowChecker) -> None:
    names = [f'"N{"_" * number}0"' for number in range(1, 500)]
    findings = found(checker, f"{HEADER},{','.join(names)}\nu1,1,a{',' * len(names)}\n")
    (twice,) = [each for each in findings if each.rule.id == "column-twice"]
    assert (twice.column, twice.detail) == ("N0", "N0 and N_0 and N__0")
    assert len(findings) < 2 * NAMED_MAX


def test_a_message_has_names_of_others_on_one_line_and_cut() -> None:
    content = f"{HEADER},\x1b[2J\u202e{'x' * 1_000_000}\nu1,1,a,b\n"
    findings = found(RowChecker(), content, "a\nb\u2028.csv")
    (finding,) = [each for each in findings if each.rule.id == "column-extra"]
    assert finding.message.isprintable()
    assert r"in a\nb\u2028.csv, line 1, column \x1b[2J\u202exxx" in finding.message
    assert len(finding.message) < 500


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a":' * 100_000, '{"a": ' + "9" * 10_000 + "}"], ids=["lists", "objects", "digits"]
)
def test_a_schema_that_json_cannot_be_read_of_is_none(text: str) -> None:
    with pytest.raises(NotJson, match=r"^not JSON: "):
        read_schema(text)


def test_numbers_as_exact_as_anybody_has_them_are_numbers(checker: RowChecker) -> None:
    numbers = ["1", "1.", ".5", "-1.5e-7", f"{'9' * 5000}.{'9' * 5000}"]
    rows = "".join(f"u{place},{number},a\n" for place, number in enumerate(numbers))
    assert found(checker, f"{HEADER}\n{rows}") == []


@pytest.mark.parametrize("number", [".", "1.5.", "1e", "--1", f"{'9' * 5000}x", "1e1.5"])
def test_what_is_nearly_a_number_is_none(checker: RowChecker, number: str) -> None:
    (finding,) = found(checker, f"{HEADER}\nu1,{number},a\n")
    assert (finding.rule.id, finding.value) == ("metadata-wrong-type", number)


def test_numbers_before_a_text_in_quotes_keep_all_rules(checker: RowChecker) -> None:
    rows = many_numbers(100)
    file = DataFile(name="users.csv", size=1, chunks=lambda: iter([rows.file.encode()]))
    schema = read_schema(json.dumps(json.loads(schema_of(rows))))
    assert list(check(Data(location="users.csv", files=[file]), schema, rows=checker)) == []


def test_blank_lines_are_no_records(checker: RowChecker) -> None:
    assert [each.rule.id for each in found(checker, f"{HEADER}\n\n\n")] == ["no-records"]


@pytest.mark.parametrize("chunk_bytes", [50, 100, 1000])
def test_a_line_that_only_begins_in_the_head_is_not_checked(checker: RowChecker, chunk_bytes: int) -> None:
    content = "\n".join([HEADER, *(f"u{number},1,a" for number in range(100))]).encode()
    data = Generated(SCHEMA, (content,), chunk_bytes).data
    assert list(check(data, SCHEMA, rows=checker, head_bytes=100)) == []


@pytest.mark.parametrize("end", ["u,1,\0", "u,1," + "a" * (1 << 21)], ids=["NUL", "long line"])
def test_each_row_checker_checks_all_lines_before_a_line_that_cannot_be_read(checker: RowChecker, end: str) -> None:
    rows = [HEADER, ",1,a", *(f"u{number},1,a" for number in range(100_000)), ",1,a", end]
    findings = found(checker, "\n".join(rows))
    assert [(each.rule.id, each.line) for each in findings][:1] == [("id-missing", 2)]
    assert [each.count for each in findings if each.rule.id == "id-missing"] == [2]
    assert findings[-1].line == len(rows)
