"""The shared cases, small inputs with the right verdict, get it from the command line, at synth and in a preflight."""

import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import pytest

from personalize_import import DatasetSchema
from personalize_import_cli.app import run as run_here
from personalize_import_handler.aws.personalize import DatasetSchema as StoredSchema
from personalize_import_handler.contract.properties import parse
from personalize_import_handler.data import preflight
from personalize_import_handler.data_checks.schema import read_schema
from personalize_import_handler.errors import DataRefusedError
from tests.constructs.support.checked import add_asset_job, errors_of, warnings_of
from tests.constructs.support.stacks import new_stack
from tests.data_checks.support.local_service import dataset_in, is_imported
from tests.handler.support.fakes_storage import FakeReader, FakeStorage
from tests.handler.support.properties import DATA_LOCATION, properties
from tests.local_aws.support.fakes import new_world

FOLDER: Final = Path(__file__).parents[3] / "shared" / "data" / "cases"
Findings = set[tuple[str, int | None, str | None]]

OF_SCHEMAS: Final[dict[str, Findings]] = {
    "04-schema-fields-lower": {("field-spelling", None, None)},
    "07-event-value-string": {("field-type-former", None, "EVENT_VALUE")},
}
"""The warnings about schemas: rule, line and column. Synth reports them where the schema is created."""
ERRORS: Final[dict[str, Findings]] = {
    "09-duplicate-column": {("column-twice", 1, "ITEM_ID")},
    "19-semicolons": {("not-a-header", 1, None)},
    "20-space-in-header": {("not-a-header", 1, None)},
    "22-sep-line": {("not-a-header", 1, None)},
}
WARNINGS: Final[dict[str, Findings]] = {
    "01-header-lower": {("column-spelling", 1, None)},
    "03-record-name-lower": set(),
    "04-schema-fields-lower": set(),
    "05-null-in-int-metadata": {("number-missing", 3, "YEAR"), ("metadata-wrong-type", 4, "YEAR")},
    "06-doubled-quotes": {("doubled-quotes", 2, "TEXT")},
    "07-event-value-string": set(),
    "08-header-only-part": set(),
    "11-null-marker-N": {("null-word", 3, "GENRE"), ("null-word", 3, "PRICE")},
    "12-null-words": {("null-word", 2, "PLAN"), ("null-word", 2, "USER_ID"), ("id-from-float", 4, "USER_ID")},
    "13-time-in-ns": {("nanoseconds", 2, "TIMESTAMP")},
    "15-time-as-date": {("date-as-number", 2, "TIMESTAMP"), ("single-time", None, "TIMESTAMP")},
    "16-one-record-1200-times": {("too-few-different", None, None), ("single-time", None, "TIMESTAMP")},
    "17-ten-views-of-1200": {("too-few-of-type", None, "EVENT_TYPE")},
    "23-text-80-percent": {("text-sparse", None, "TEXT")},
}


@dataclass(frozen=True)
class Case:
    """A schema and data."""

    folder: Path

    @property
    def schema(self) -> Path:
        return self.folder / "schema.json"

    @property
    def domain(self) -> Literal["ECOMMERCE", "VIDEO_ON_DEMAND"] | None:
        return "ECOMMERCE" if (self.folder / "domain").exists() else None

    @property
    def files(self) -> list[Path]:
        return sorted((self.folder / "data").iterdir())

    @property
    def data(self) -> Path:
        return self.files[0] if (self.folder / "single").exists() else self.folder / "data"


@pytest.fixture(params=sorted(ERRORS | WARNINGS))
def case(request: pytest.FixtureRequest) -> Case:
    if not FOLDER.is_dir():
        pytest.skip("the shared cases are not beside the repository")
    return Case(FOLDER / request.param)


def errors_and_warnings(case: Case) -> tuple[Findings, Findings]:
    return ERRORS.get(case.folder.name, set()), WARNINGS.get(case.folder.name, set())


def test_each_shared_case_is_tested() -> None:
    if not FOLDER.is_dir():
        pytest.skip("the shared cases are not beside the repository")
    assert {path.name for path in FOLDER.iterdir() if path.is_dir()} == ERRORS.keys() | WARNINGS.keys()


def test_the_command_line_has_the_right_verdict(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    errors, warnings = errors_and_warnings(case)
    domain = ["--domain", case.domain] if case.domain else []

    code = run_here(["check", str(case.data), "--schema", str(case.schema), "--format", "json", *domain])

    found = json.loads(capsys.readouterr().out)["findings"]
    places = {each["severity"]: set[tuple[str, int | None, str | None]]() for each in found}
    for each in found:
        places[each["severity"]].add((each["rule"], each["line"], each["column"]))
    assert code == (1 if errors else 0)
    assert places.get("error", set()) == errors
    assert places.get("warning", set()) == warnings | OF_SCHEMAS.get(case.folder.name, set())


def test_synth_has_the_right_verdict(case: Case) -> None:
    errors, warnings = errors_and_warnings(case)
    stack = new_stack()

    add_asset_job(stack, case.data, DatasetSchema.from_file(case.schema, case.domain))

    for said, expected in [(errors_of(stack), errors), (warnings_of(stack), warnings)]:
        assert sorted(each.partition(":")[0] for each in said) == sorted(rule for rule, _, _ in expected)
        for rule, line, column in expected:
            place = ", ".join([*([f"line {line}"] if line else []), *([f"column {column}"] if column else [])])
            assert [each for each in said if each.startswith(f"{rule}: ") and place in each]


def test_a_preflight_has_the_right_verdict(case: Case, caplog: pytest.LogCaptureFixture) -> None:
    errors, warnings = errors_and_warnings(case)
    storage = FakeStorage()
    storage.objects = {f"{DATA_LOCATION}{path.name}": path.read_bytes().decode() for path in case.files}
    stored = StoredSchema(case.schema.read_text(), case.domain)
    reason = ""

    with caplog.at_level(logging.WARNING):
        try:
            preflight.check_data(parse(properties()), stored, FakeReader(storage))
        except DataRefusedError as refused:
            reason = str(refused)

    assert [rule for rule, _, _ in sorted(errors)] == ([reason.partition(":")[0]] if reason else [])
    logged = [record.getMessage().partition(":")[0] for record in caplog.records]
    assert sorted(logged) == sorted(rule for rule, _, _ in warnings)


def test_the_file_with_doubled_quotes_gets_a_schema_with_a_float() -> None:
    if not FOLDER.is_dir():
        pytest.skip("the shared cases are not beside the repository")
    (path,) = Case(FOLDER / "06-doubled-quotes").files
    fields = json.loads(DatasetSchema.from_csv(path).to_json())["fields"]
    assert {"name": "PRICE", "type": "float"} in fields


def test_the_local_service_has_the_right_verdict(case: Case) -> None:
    errors, _ = errors_and_warnings(case)
    text = case.schema.read_text()
    world = new_world()
    dataset_arn = dataset_in(world, read_schema(text, case.domain), text)

    imported = is_imported(world, dataset_arn, {file.name: file.read_bytes() for file in case.files}, "job")

    assert imported == (not errors)
