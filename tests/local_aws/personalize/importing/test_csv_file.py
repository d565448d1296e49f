"""The CSV rules of section "data format": what is read, what is refused, and where the failure reason points."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personalize_local.personalize.importing.columns import DatasetColumn
from personalize_local.personalize.importing.csv_file import CsvFile, RowError, read_columns
from tests.local_aws.support.fakes import BUCKET, Refused, World
from tests.local_aws.support.service_setup import imported, interactions, make_dataset, schema_text, start_job

ITEMS = "ITEM_ID,TITLE,PRICE,GENRE\n"
TOO_LONG = (
    "Length cannot be more than {limit} characters for {column}. If no values exceed the character limit, make sure "
    "your data follows the formatting guidelines listed in "
    "https://docs.aws.amazon.com/personalize/latest/dg/data-prep-formatting.html."
)


def failure_reason(world: World, kind: str, content: str | bytes) -> str:
    world.control("POST", "settings", metadata_must_fit=True)
    job = imported(world, make_dataset(world, kind), content)
    assert job["status"] == "CREATE FAILED", job
    return str(job["failureReason"])


def test_columns_are_found_by_name_and_others_are_ignored(world: World) -> None:
    dataset_arn = make_dataset(world, "Items")
    imported(world, dataset_arn, ",GENRE,PRICE,ITEM_ID,UNKNOWN,TITLE\n0,drama,1.5,a,x,One\n")
    assert world.rows(dataset_arn)["rows"] == [{"ITEM_ID": "a", "TITLE": "One", "PRICE": 1.5, "GENRE": "drama"}]


def test_text_in_quotes_may_contain_commas_escaped_quotes_and_backslashes(world: World) -> None:
    dataset_arn = make_dataset(world, "Items")
    imported(world, dataset_arn, ITEMS + 'a,"One, \\"two\\" \\\\ three",,drama\n')
    assert world.rows(dataset_arn)["rows"][0]["TITLE"] == 'One, "two" \\ three'


def test_empty_fields_are_null_where_the_schema_allows_it(world: World) -> None:
    dataset_arn = make_dataset(world, "Items")
    imported(world, dataset_arn, ITEMS + "a,,,drama\n")
    assert world.rows(dataset_arn)["rows"] == [{"ITEM_ID": "a", "TITLE": None, "PRICE": None, "GENRE": "drama"}]


def test_an_empty_required_field_fails_the_job(world: World) -> None:
    reason = failure_reason(world, "Items", ITEMS + "a,,,drama\n\nb,,,\n")
    assert reason == (
        "The column GENRE is empty, but its type in the schema doesn't include null. "
        f"First seen in s3://{BUCKET}/data.csv, line 4."
    )


def test_a_value_of_the_wrong_type_fails_the_job(world: World) -> None:
    reason = failure_reason(world, "Users", "USER_ID,AGE\na,41\nb,old\n")
    assert reason.startswith("A value in column AGE is not of type int. First seen in ")
    assert reason.endswith("line 3.")


@pytest.mark.parametrize(
    ("type_name", "good", "bad"),
    [
        ("int", ["1", "-7", "+7", "2147483647"], ["1.0", "2147483648", " 1", "1_0", "NaN", "٣"]),
        ("long", ["9223372036854775807"], ["9223372036854775808", "1e3"]),
        ("float", ["1", "-0.5", ".5", "5.", "1e-7"], ["1,5", "inf", "nan", "1_0", "x"]),
        ("double", ["1.0"], ["--1"]),
        ("boolean", ["true", "False"], ["yes", "1"]),
    ],
)
def test_values_must_be_of_their_columns_type(type_name: str, good: list[str], bad: list[str]) -> None:
    file = CsvFile("here", ("A", "B"), (DatasetColumn("A", type_name, nullable=False),))
    rows = [f'"{value}",x\n'.encode() for value in good]
    assert [list(block[0]) for block in read_columns(file, rows)] == [good]
    for value in bad:
        with pytest.raises(RowError, match=f"not of type {type_name}"):
            list(read_columns(file, [f'"{value}",x\n'.encode()]))


def test_a_too_long_id_fails_the_job_with_the_services_message(world: World) -> None:
    reason = failure_reason(world, "Items", ITEMS + "a,,,x\n" + "b" * 257 + ",,,x\n")
    assert reason.startswith(TOO_LONG.format(limit=256, column="ITEM_ID"))
    assert reason.endswith("line 3.")


def test_a_too_long_category_fails_the_job(world: World) -> None:
    assert failure_reason(world, "Items", ITEMS + f"a,,,{'x' * 1001}\n").startswith(
        TOO_LONG.format(limit=1000, column="GENRE")
    )


def test_a_too_long_text_is_truncated(world: World) -> None:
    dataset_arn = make_dataset(world, "Items")
    assert imported(world, dataset_arn, ITEMS + f"a,{'x' * 20_001},,drama\n")["status"] == "ACTIVE"
    assert len(world.rows(dataset_arn)["rows"][0]["TITLE"]) == 20_000


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("a,One, two,1,drama\n", "The row has 5 fields, but the header has 4"),
        ("a,One\n", "The row has 2 fields, but the header has 4"),
        ('a,"One ""two, three""",1,drama\n', "The row has 5 fields, but the header has 4"),
        ('a,"One\ntwo",1,drama\n', "The value of column TITLE continues on the next line"),
        ('a,"One,1,drama\n', "The row is not well-formed CSV"),
    ],
)
def test_malformed_rows_fail_the_job(world: World, row: str, reason: str) -> None:
    found = failure_reason(world, "Items", ITEMS + "z,,,ok\n" + row)
    assert found.startswith(reason)
    assert found.endswith(f"s3://{BUCKET}/data.csv, line 3.")


def test_wrong_quoting_is_reported_as_a_too_long_value(world: World) -> None:
    lines = "".join(f"i{n},plain,1,{'g' * 40}\n" for n in range(40))
    found = failure_reason(world, "Items", ITEMS + 'a,t,1,"drama\n' + lines + 'z,t,1,x"\n')
    assert found.startswith(TOO_LONG.format(limit=1000, column="GENRE"))
    assert found.endswith("line 2.")


def test_invalid_utf8_fails_the_job(world: World) -> None:
    found = failure_reason(world, "Items", ITEMS.encode() + b"a,,,drama\nb,,,com\xe9die\n")
    assert found == f"The row is not UTF-8. First seen in s3://{BUCKET}/data.csv, line 3."


def test_the_first_invalid_row_of_any_column_is_reported(world: World) -> None:
    found = failure_reason(world, "Items", ITEMS + "a,,x,drama\nb,,1,\n" + "c" * 300 + ",,1,drama\n")
    assert "PRICE" in found
    assert found.endswith("line 2.")


def test_an_invalid_row_late_in_the_file_is_found_at_its_line(world: World) -> None:
    content = interactions(9000).replace("1600008500\n", "soon\n")
    found = failure_reason(world, "Interactions", content)
    assert found == f"A value in column TIMESTAMP is not of type long. First seen in s3://{BUCKET}/data.csv, line 8502."


@pytest.mark.parametrize("count", [1023, 1024, 1025, 1536])
def test_no_row_is_lost_between_blocks(world: World, count: int) -> None:
    dataset_arn = make_dataset(world)
    imported(world, dataset_arn, interactions(count).rstrip("\n"))
    assert world.rows(dataset_arn)["count"] == count
    assert world.rows(dataset_arn, offset=count - 1)["rows"][0]["TIMESTAMP"] == 1_600_000_000 + count - 1


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        ("USER_ID,TIMESTAMP", "[ITEM_ID]"),
        ("ITEM_ID", "[USER_ID, TIMESTAMP]"),
        ("\ufeffUSER_ID,ITEM_ID,TIMESTAMP", "[USER_ID]"),
        ('USER_ID,"ITEM_ID",TIMESTAMP', "[ITEM_ID]"),
        ("USER_ID,item_id,TIMESTAMP", "[ITEM_ID]"),
        ("", "[USER_ID, ITEM_ID, TIMESTAMP]"),
    ],
)
def test_missing_columns_are_refused_at_the_call_and_leave_no_job(world: World, header: str, missing: str) -> None:
    dataset_arn = make_dataset(world)
    world.aws.put("data.csv", f"{header}\n" if header else "")
    with pytest.raises(Refused) as refused:
        start_job(world, dataset_arn)
    assert refused.value.code == "InvalidInputException"
    assert refused.value.message == f"Input csv is missing the following columns: {missing}"
    assert world.client("ListDatasetImportJobs")["datasetImportJobs"] == []
    assert imported(world, dataset_arn, interactions())["status"] == "ACTIVE"


def test_columns_that_differ_by_underscores_only_are_refused(world: World) -> None:
    world.aws.put("data.csv", "USER_ID,ITEM_ID,ITEMID,TIMESTAMP\n")
    with pytest.raises(Refused, match="differ by more than underscores"):
        start_job(world, make_dataset(world))


def test_action_interactions_have_three_event_types(world: World) -> None:
    fields = [
        {"name": "USER_ID", "type": "string"},
        {"name": "ACTION_ID", "type": "string"},
        {"name": "EVENT_TYPE", "type": "string"},
        {"name": "TIMESTAMP", "type": "long"},
    ]
    group = world.client("CreateDatasetGroup", name="actions")["datasetGroupArn"]
    schema = world.client("CreateSchema", name="ai", schema=schema_text("ActionInteractions", fields))["schemaArn"]
    world.clock.time += 60
    made = world.client(
        "CreateDataset", name="ai", datasetGroupArn=group, schemaArn=schema, datasetType="Action_Interactions"
    )
    world.clock.time += 60
    assert made["datasetArn"].endswith(":dataset/actions/ACTION_INTERACTIONS")
    job = imported(world, made["datasetArn"], "USER_ID,ACTION_ID,EVENT_TYPE,TIMESTAMP\na,b,Clicked,1\n")
    assert "A value in column EVENT_TYPE is not one of [Taken, Not taken, Viewed]" in job["failureReason"]


texts = st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]), min_size=1, max_size=40)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=20))
def test_any_text_survives_quoting_and_escaping(rows: list[tuple[str, str]]) -> None:
    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    columns = (DatasetColumn("A", "string", nullable=False), DatasetColumn("B", "string", nullable=False))
    lines = [f"{quoted(a)},{quoted(b)}\n".encode() for a, b in rows]
    (values,) = read_columns(CsvFile("here", ("A", "B"), columns), lines)
    assert list(zip(*values, strict=True)) == rows
