"""Asset files are checked at synth: errors prevent the deploy, warnings may be acknowledged."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_personalize as personalize

from personalize_import import DatasetSchema, DataSource
from personalize_import.data import synth_checks
from personalize_import.synthesis.validation import ValidationError
from personalize_import_handler.contract import ImportMode
from personalize_import_handler.data_checks import files
from personalize_import_handler.data_checks.checker import check
from personalize_import_handler.data_checks.findings import Findings
from tests.constructs.support.assembly import synth
from tests.constructs.support.checked import (
    GOOD,
    HEADER,
    ITEMS,
    add_asset_job,
    dataset_of,
    errors_of,
    infos_of,
    warnings_of,
    write,
)
from tests.constructs.support.stacks import add_job, new_stack

WRONG = f"{HEADER}\ni1,1.5,red\n,2.5,blue\n,much,blue\n"
APP = """
import aws_cdk as cdk
from personalize_import import DatasetImportJob, DatasetSchema, DataSource

app = cdk.App()
DatasetImportJob(
    cdk.Stack(app, "Shop"),
    "Items",
    dataset="arn:aws:personalize:eu-west-1:123456789012:dataset/shop/ITEMS",
    data_source=DataSource.from_asset("items.csv", schema=DatasetSchema.items().field("PRICE", "float")),
)
app.synth()
"""


@pytest.fixture
def stack() -> cdk.Stack:
    return new_stack()


def annotations(stack: cdk.Stack) -> tuple[list[str], list[str], list[str]]:
    return errors_of(stack), warnings_of(stack), infos_of(stack)


def test_valid_data_has_no_findings(stack: cdk.Stack, tmp_path: Path) -> None:
    add_asset_job(stack, write(tmp_path / "items.csv", GOOD))

    assert annotations(stack) == ([], [], [])


def test_each_error_has_the_problem_its_location_its_count_and_the_fix(stack: cdk.Stack, tmp_path: Path) -> None:
    add_asset_job(stack, write(tmp_path / "items.csv", f'{WRONG}"i4,1,red\n'))

    missing, quotes = errors_of(stack)
    assert missing == (
        "id-missing: an id or a time is missing in items.csv, line 3, column ITEM_ID, 2 times. "
        "Fill it in, or leave the row out"
    )
    assert quotes.startswith("malformed-quotes: quotes don't end where the value ends in items.csv, line 5. Close")


def test_a_warning_has_the_value_and_the_id_by_which_it_is_acknowledged(stack: cdk.Stack, tmp_path: Path) -> None:
    add_asset_job(stack, write(tmp_path / "items.csv", WRONG))

    (warning,) = warnings_of(stack)
    assert warning == (
        "metadata-wrong-type: a value of a metadata column is not of the field's type in items.csv, line 4, "
        "column PRICE: 'much'. Correct the value, or make the field a categorical string "
        "[ack: cdk-personalize-import:metadata-wrong-type]"
    )


def test_an_acknowledged_warning_is_not_reported(stack: cdk.Stack, tmp_path: Path) -> None:
    job = add_asset_job(stack, write(tmp_path / "items.csv", f"{GOOD}i3,much,red\ni1,2.5,red\n"))
    cdk.Annotations.of(job).acknowledge_warning("cdk-personalize-import:metadata-wrong-type", "it is lost, and may be")

    (warning,) = warnings_of(stack)
    assert warning.startswith("repeated-id: ")


def test_a_warning_that_is_acknowledged_for_the_whole_app_is_not_reported(stack: cdk.Stack, tmp_path: Path) -> None:
    add_asset_job(stack, write(tmp_path / "items.csv", f"{GOOD}i1,2.5,red\n"))
    cdk.Annotations.of(stack.node.root).acknowledge_warning("cdk-personalize-import:repeated-id")

    assert warnings_of(stack) == []


def test_long_and_unusual_values_and_names_are_shortened_and_escaped(stack: cdk.Stack, tmp_path: Path) -> None:
    add_asset_job(stack, write(tmp_path / "items.csv", f"{HEADER},\x1b[2J{'x' * 999}\ni1,{'9x' * 500}\x07,red,\n"))

    extra, wrong = warnings_of(stack)
    assert "(1008 characters)" in extra
    assert "(1006 characters)" in wrong
    assert (extra + wrong).isprintable()


def test_the_schema_is_found_through_the_dataset(stack: cdk.Stack, tmp_path: Path) -> None:
    source = DataSource.from_asset(str(write(tmp_path / "items.csv", WRONG)))
    add_job(stack, dataset=dataset_of(stack, ITEMS.to_cfn_schema(stack, "Schema").attr_schema_arn), data_source=source)

    assert [error.partition(":")[0] for error in errors_of(stack)] == ["id-missing"]
    assert infos_of(stack) == []


def test_the_domain_of_the_schema_is_found_with_it(stack: cdk.Stack, tmp_path: Path) -> None:
    schema = DatasetSchema.items("ECOMMERCE")
    source = DataSource.from_asset(str(write(tmp_path / "items.csv", "ITEM_ID,PRICE,CATEGORY_L1\ni1,much,shoes\n")))
    add_job(stack, dataset=dataset_of(stack, schema.to_cfn_schema(stack, "Schema").attr_schema_arn), data_source=source)

    (error,) = errors_of(stack)
    assert error.startswith("wrong-type: "), "outside of the domain, PRICE is metadata, and this a warning"


def test_data_with_an_unknown_schema_is_reported_as_not_checked(stack: cdk.Stack, tmp_path: Path) -> None:
    add_asset_job(stack, write(tmp_path / "items.csv", WRONG), schema=None)

    errors, warnings, (info,) = annotations(stack)
    assert (errors, warnings) == ([], [])
    assert "data not checked" in info
    assert "schema=DatasetSchema.from_file(...)" in info


def test_a_schema_that_differs_from_the_schema_of_the_dataset_is_rejected(stack: cdk.Stack, tmp_path: Path) -> None:
    source = DataSource.from_asset(str(write(tmp_path / "items.csv", GOOD)), schema=ITEMS.field("MORE"))
    dataset = dataset_of(stack, ITEMS.to_cfn_schema(stack, "Schema").attr_schema_arn)

    with pytest.raises(ValidationError, match=r"Stack/Job: data_source\.schema must be the schema of the dataset"):
        add_job(stack, dataset=dataset, data_source=source)


def test_the_schema_of_the_dataset_may_be_formatted_differently(stack: cdk.Stack, tmp_path: Path) -> None:
    given = DatasetSchema.from_json(f" {ITEMS.to_json()}\n")
    source = DataSource.from_asset(str(write(tmp_path / "items.csv", GOOD)), schema=given)
    add_job(stack, dataset=dataset_of(stack, ITEMS.to_cfn_schema(stack, "Schema").attr_schema_arn), data_source=source)

    assert annotations(stack) == ([], [], [])


@pytest.mark.parametrize("schema", ["items.schema.json", {"type": "record"}, 5])
def test_an_invalid_schema_is_rejected(tmp_path: Path, schema: Any) -> None:
    path = write(tmp_path / "items.csv", GOOD)

    with pytest.raises(ValidationError, match="schema must be a DatasetSchema, such as"):
        DataSource.from_asset(str(path), schema=schema)


def test_all_files_of_a_folder_are_checked_and_reported_by_name(stack: cdk.Stack, tmp_path: Path) -> None:
    write(tmp_path / "items" / "a.csv", GOOD)
    write(tmp_path / "items" / "b.csv", f"{HEADER}\ni3,1.5\n")
    write(tmp_path / "items" / "c.csv", f"{HEADER}\ni1,1.5,red\n,1,red\n")
    write(tmp_path / "items" / "notes.txt", "not an asset, and not checked")
    add_asset_job(stack, tmp_path / "items")

    assert [error.partition(" in ")[2].partition(".csv")[0] for error in errors_of(stack)] == ["b", "c"]
    (repeated,) = warnings_of(stack)
    assert "repeated-id" in repeated
    assert "c.csv, line 2" in repeated


def test_a_header_that_differs_from_the_first_files_is_an_error(stack: cdk.Stack, tmp_path: Path) -> None:
    write(tmp_path / "items" / "a.csv", GOOD)
    write(tmp_path / "items" / "b.csv", "ITEM_ID,COLOUR,PRICE\ni3,red,1.5\n")
    add_asset_job(stack, tmp_path / "items")

    (error,) = errors_of(stack)
    assert error.startswith("headers-differ: the header differs from that of the first file (the first file is a.csv)")
    assert " in b.csv, line 1. " in error


@pytest.mark.parametrize(
    ("mode", "is_too_large"),
    [("INCREMENTAL", True), ("FULL", False), (None, False), (lambda stack: cdk.Fn.import_value("Mode"), False)],
    ids=["incremental", "full", "default", "token"],
)
def test_data_is_checked_for_the_import_mode_of_the_job_and_a_token_counts_as_full(
    stack: cdk.Stack,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    mode: str | Callable[[cdk.Stack], str] | None,
    is_too_large: bool,
) -> None:
    monkeypatch.setitem(files._SIZES_MAX, ImportMode.INCREMENTAL, 10)
    path = write(tmp_path / "items.csv", GOOD)
    add_asset_job(stack, path, import_mode=mode(stack) if callable(mode) else mode)

    assert [error.partition(":")[0] for error in errors_of(stack)] == ["too-large"] * is_too_large


def test_files_that_two_jobs_import_are_read_once(
    stack: cdk.Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = []

    def counted_check(*arguments: Any, **more: Any) -> Findings:
        checks.append(arguments)
        return check(*arguments, **more)

    monkeypatch.setattr(synth_checks, "check", counted_check)
    path = write(tmp_path / "items.csv", WRONG)
    add_asset_job(stack, path)
    add_asset_job(stack, path, id="Again")
    assert len(checks) == 1
    assert len(errors_of(stack)) == 2, "each job says it"

    add_asset_job(stack, path, id="ForAnotherSchema", schema=ITEMS.field("MORE"))
    write(path, f"{WRONG}i5,1,red\n")
    add_asset_job(stack, path, id="Changed")
    assert len(checks) == 3


def test_the_repeated_ids_of_the_airline_sample_are_a_warning(airline: Path, stack: cdk.Stack) -> None:
    schema = DatasetSchema.from_file(airline / "items.schema.json")
    add_asset_job(stack, airline / "items.csv", schema)

    assert errors_of(stack) == []
    (repeated,) = [warning for warning in warnings_of(stack) if warning.startswith("repeated-id: ")]
    assert "in items.csv, line " in repeated
    assert "column ITEM_ID, 3 times: '" in repeated


def test_a_synth_with_data_loads_neither_the_command_line_nor_duckdb(tmp_path: Path) -> None:
    app = write(tmp_path / "app.py", APP)
    write(tmp_path / "items.csv", "ITEM_ID,PRICE\ni1,1.5\n")

    assert synth(app, tmp_path / "out", folder=tmp_path).modules & {"duckdb", "personalize_import_cli"} == set()


def test_cdk_synth_fails_and_lists_all_errors(tmp_path: Path) -> None:
    app = write(tmp_path / "app.py", APP)
    write(tmp_path / "items.csv", 'ITEM_ID,PRICE\n,1.5\n"i2,1.5\n')
    command = [str(Path(sys.executable).with_name("cdk")), "synth", "--quiet", "--no-notices", "--app"]
    ended = subprocess.run(
        [*command, f"{sys.executable} {app.name}"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    output = ended.stdout + ended.stderr
    assert ended.returncode != 0
    assert "Shop/Items" in output
    for rule, line in [("id-missing", 2), ("malformed-quotes", 3)]:
        (told,) = [each for each in output.splitlines() if f"{rule}: " in each]
        assert "error" in told.lower()
        assert f"items.csv, line {line}" in told


def test_data_is_checked_against_a_schema_that_was_created_without_the_builder(
    stack: cdk.Stack, tmp_path: Path
) -> None:
    schema = personalize.CfnSchema(stack, "Schema", name="items", schema=ITEMS.to_json())
    source = DataSource.from_asset(str(write(tmp_path / "items.csv", WRONG)))
    add_job(stack, dataset=dataset_of(stack, schema.attr_schema_arn), data_source=source)

    assert len(errors_of(stack)) == 1
