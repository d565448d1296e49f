"""The values that an import stores, the files that it refuses, and the place in the failure reason."""

from typing import Any

import pytest

from tests.local_aws.support.fakes import BUCKET, Refused, World
from tests.local_aws.support.service_setup import finish, imported, interactions, make_dataset, schema_text, start_job

ITEMS = "ITEM_ID,TITLE,PRICE,GENRE\n"
TOO_LONG = (
    "Length cannot be more than {limit} characters for {column}. If no values exceed the character limit, make sure "
    "your data follows the formatting guidelines listed in "
    "https://docs.aws.amazon.com/personalize/latest/dg/data-prep-formatting.html."
)


def failure_reason(world: World, kind: str, content: str | bytes) -> str:
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


def test_a_word_for_a_time_fails_the_job(world: World) -> None:
    reason = failure_reason(world, "Interactions", "USER_ID,ITEM_ID,TIMESTAMP\na,b,1\na,b,old\n")
    assert reason.startswith("A value in column TIMESTAMP is not of type long. First seen in ")
    assert reason.endswith("line 3.")


@pytest.mark.parametrize(
    ("type_name", "cell", "value"),
    [
        *(("int", cell, int(cell)) for cell in ("1", "-7", "+7", "2147483647")),
        *(("int", cell, None) for cell in ("1.0", "2147483648", " 1", "1_0", "NaN", "٣", "2006-2007", "NULL", r"\N")),
        ("long", "9223372036854775807", 9223372036854775807),
        ("long", "9223372036854775808", None),
        *(("float", cell, float(cell)) for cell in ("1", "-0.5", ".5", "5.", "1e-7")),
        *(("double", cell, None) for cell in ("inf", "nan", "1_0", "x", "--1", "NA")),
        *(("boolean", cell, value) for cell, value in (("true", True), ("False", False), ("yes", None))),
    ],
)
@pytest.mark.parametrize("nullable", [False, True])
def test_metadata_that_is_no_number_is_imported_as_no_value(
    world: World, type_name: str, cell: str, value: object, nullable: bool
) -> None:
    fields: list[dict[str, Any]] = [
        {"name": "USER_ID", "type": "string"},
        {"name": "X", "type": ["null", type_name] if nullable else type_name},
    ]
    dataset_arn = make_dataset(world, "Users", text=schema_text("Users", fields))
    assert imported(world, dataset_arn, f"USER_ID,X\na,{cell}\n")["status"] == "ACTIVE"
    assert world.rows(dataset_arn)["rows"] == [{"USER_ID": "a", "X": value}]


def test_an_empty_number_of_metadata_is_imported_as_no_value(world: World) -> None:
    dataset_arn = make_dataset(world, "Users")
    imported(world, dataset_arn, "USER_ID,AGE\na,\nb,1\n")
    assert [row["AGE"] for row in world.rows(dataset_arn)["rows"]] == [None, 1]


def test_the_null_of_databases_is_text_in_a_text_column(world: World) -> None:
    dataset_arn = make_dataset(world, "Items")
    imported(world, dataset_arn, ITEMS + "a,\\N,,drama\n")
    assert world.rows(dataset_arn)["rows"][0]["TITLE"] == r"\N"


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


def test_chinese_and_japanese_texts_are_truncated_earlier(world: World) -> None:
    dataset_arn = make_dataset(world, "Items")
    imported(world, dataset_arn, ITEMS + f"a,{'漢' * 7001},,x\nb,{'a' * 20_000 + '漢'},,x\n")
    assert [len(row["TITLE"]) for row in world.rows(dataset_arn)["rows"]] == [7000, 20_000]


def test_both_ways_of_escaping_quotes_and_line_breaks_in_quotes_are_read(world: World) -> None:
    dataset_arn = make_dataset(world, "Items")
    imported(world, dataset_arn, ITEMS + 'a,"One ""two, three""",1,drama\nb,"One\n\n\\"two\\"",1,drama\n')
    titles = [row["TITLE"] for row in world.rows(dataset_arn)["rows"]]
    assert titles == ['One "two, three"', 'One\n\n"two"']


def test_lines_are_numbered_as_in_the_file(world: World) -> None:
    reason = failure_reason(world, "Items", ITEMS + 'a,"1\n2\n3",1,drama\n\nb,,,\n')
    assert reason.endswith("line 6.")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("a,One, two,1,drama\n", "The row has more or fewer values than the header (5 instead of 4): "),
        ("a,One\n", "The row has more or fewer values than the header (2 instead of 4): "),
        ('a,"One,1,drama\n', "Quotes don't end where the value ends: "),
        ('a,"One" two,1,drama\n', "Quotes don't end where the value ends: "),
    ],
)
def test_malformed_rows_fail_the_job(world: World, row: str, reason: str) -> None:
    found = failure_reason(world, "Items", ITEMS + "z,,,ok\n" + row)
    assert found.startswith(reason)
    assert found.endswith(f"s3://{BUCKET}/data.csv, line 3.")


def test_invalid_utf8_fails_the_job(world: World) -> None:
    found = failure_reason(world, "Items", ITEMS.encode() + b"a,,,drama\nb,,,com\xe9die\n")
    assert found.startswith("The line is not UTF-8: ")
    assert found.endswith(f"First seen in s3://{BUCKET}/data.csv, line 3.")


def test_the_first_invalid_row_of_any_column_is_reported(world: World) -> None:
    found = failure_reason(world, "Items", ITEMS + "a,,x,\nb,,1,drama\n" + "c" * 300 + ",,1,drama\n")
    assert "GENRE" in found
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
        ("USER_ID, ITEM_ID,TIMESTAMP", "[ITEM_ID]"),
        ("USER_ID;ITEM_ID;TIMESTAMP", "[USER_ID, ITEM_ID, TIMESTAMP]"),
        ("sep=,", "[USER_ID, ITEM_ID, TIMESTAMP]"),
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


@pytest.mark.parametrize("header", ['"USER_ID","ITEM_ID","TIMESTAMP"', "user_id,Item_Id,timestamp"])
def test_names_match_regardless_of_case_and_quotes(world: World, header: str) -> None:
    dataset_arn = make_dataset(world)
    assert (
        imported(world, dataset_arn, interactions().replace("USER_ID,ITEM_ID,TIMESTAMP", header))["status"] == "ACTIVE"
    )
    assert world.rows(dataset_arn)["rows"][0]["ITEM_ID"] == "i0"


def test_files_with_a_header_only_beside_files_with_rows_are_no_error(world: World) -> None:
    dataset_arn = make_dataset(world, "Items")
    world.aws.put("items/a.csv", ITEMS)
    world.aws.put("items/b.csv", ITEMS + "a,,,drama\n")
    assert finish(world, start_job(world, dataset_arn, key="items/"))["status"] == "ACTIVE"


def test_nothing_but_headers_fails_the_job(world: World) -> None:
    assert failure_reason(world, "Items", ITEMS).startswith("The files have only headers: ")


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
    assert job["failureReason"].startswith("A value is not one of those that the field may have in column EVENT_TYPE")
