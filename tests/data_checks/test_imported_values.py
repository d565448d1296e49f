"""The local service imports the values that were meant, however they are written."""

import random
from typing import Final

import pytest

from personalize_import_handler.data_checks.checker import check
from personalize_import_handler.data_checks.files import Data, DataFile
from personalize_import_handler.data_checks.rules import Severity
from personalize_import_handler.data_checks.schema import Field, Schema
from tests.data_checks.support.local_service import avro_of, dataset_in, is_imported
from tests.local_aws.support.fakes import new_world

USERS: Final = Schema(
    name="Users",
    fields=(
        Field(name="USER_ID"),
        Field(name="Age", type_name="int"),
        Field(name="INCOME", type_name="double", nullable=True),
        Field(name="LOYAL", type_name="boolean", nullable=True),
        Field(name="PLAN", categorical=True, nullable=True),
    ),
)
INTEGERS: Final[tuple[tuple[str, object], ...]] = (
    *(("41", 41), ("-7", -7), ("+7", 7), ("007", 7), ("2147483647", 2147483647)),
    *((each, None) for each in ("", "2147483648", "1.5", "1e3", "2006\u20132007", "NULL", "nan", r"\N", " 1", "1_0")),
)
DECIMALS: Final[tuple[tuple[str, object], ...]] = (
    *(("1.5", 1.5), (".5", 0.5), ("5.", 5.0), ("1e3", 1000.0), ("-0.25", -0.25), ("12", 12.0)),
    *((each, None) for each in ("", "1,5", "inf", "nan", "NA", r"\N", "1.5.", "x")),
)
BOOLEANS: Final[tuple[tuple[str, object], ...]] = (
    *(("true", True), ("FALSE", False)),
    *((each, None) for each in ("", "yes", "1", "None")),
)
TEXTS: Final = (
    *("a", "b", "a,b", 'say "hi"', '"', '""', "two\nlines", "\n", "back\\slash", "\\", '\\"', "a|b", "NULL", r"\N"),
    *("nan", "12.0", "é", "漢字", "😀", " ", "'", "line\u2028separator", '","', '\n"\n', "x" * 256, "tab\t", ";"),
)
_SPECIAL: Final = frozenset(',"\n\\')


def written(draw: random.Random, text: str) -> str:
    """Return a text in one of the ways that are allowed for it."""
    if text == r"\N":  # it is this word only without quotes
        return text
    escaped = text.replace("\\", "\\\\")
    ways = [f'"{escaped.replace(chr(34), chr(92) + chr(34))}"', '"' + escaped.replace('"', '""') + '"']
    if not _SPECIAL & set(text):
        ways.append(text)
    return draw.choice(ways)


def file_and_records(draw: random.Random) -> tuple[bytes, int, list[dict[str, object]]]:
    """Return a file, the number of its rows, and the records that it stands for."""
    names = [field.name for field in USERS.fields]
    order = draw.sample(range(len(names)), len(names))
    lines = [",".join(draw.choice((names[place], names[place].lower(), f'"{names[place]}"')) for place in order)]
    records: dict[str, dict[str, object]] = {}
    rows = draw.choice((1, 5, 40))
    for _ in range(rows):
        user, plan = draw.choice(TEXTS), draw.choice(("", *TEXTS))
        numbers = [draw.choice(each) for each in (INTEGERS, DECIMALS, BOOLEANS)]
        cells = [written(draw, each) for each in (user, *(text for text, _ in numbers), plan)]
        lines.append(",".join(cells[place] for place in order))
        values = [user, *(value for _, value in numbers), plan or None]
        records[user] = dict(zip(names, values, strict=True))
    end = draw.choice(("\n", "\r\n"))
    text = "\n".join(lines).replace("\n", end) + draw.choice(("", end, end + end))
    return text.encode(), rows, list(records.values())


def data_of(content: bytes) -> Data:
    return Data(location="data/", files=[DataFile("a.csv", len(content), lambda: iter([content]))])


def import_and_compare(numbers: range) -> int:
    world = new_world()
    dataset_arn = dataset_in(world, USERS, avro_of(USERS))
    for number in numbers:
        content, rows, records = file_and_records(random.Random(number))
        findings = check(data_of(content), USERS)
        assert Severity.ERROR not in {each.rule.severity for each in findings}, (number, [*findings])
        assert findings.rows == rows, number
        assert is_imported(world, dataset_arn, {"a.csv": content}, f"job-{number}"), number
        assert world.rows(dataset_arn) == {"count": len(records), "rows": records}, number
    return len(numbers)


def test_values_are_imported_as_they_were_meant() -> None:
    assert import_and_compare(range(400)) == 400


@pytest.mark.nightly
def test_values_are_imported_as_they_were_meant_in_large_numbers() -> None:
    assert sum(import_and_compare(range(n, n + 400)) for n in range(400, 10_000, 400)) == 9600
