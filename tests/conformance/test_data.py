"""Data that imports accept."""

from collections.abc import Callable

import pytest

from tests.conformance.support.assumptions import Mark, assumption
from tests.conformance.support.data import MINIMUM_OF_INTERACTIONS, USERS
from tests.conformance.support.data import interactions as rows_of_interactions
from tests.conformance.support.imports import FAILED, Imports
from tests.conformance.support.recording import Observations
from tests.conformance.support.resources import ACTIVE, Resources

_ERRORS = "https://docs.aws.amazon.com/personalize/latest/dg/error-messages.html"
_LIMITS = "https://docs.aws.amazon.com/personalize/latest/dg/limits.html"
_IMPORT = "https://docs.aws.amazon.com/personalize/latest/dg/bulk-data-import-step.html"
_SAMPLES = "https://github.com/aws-samples/amazon-personalize-samples/blob"
_POC = (
    f"{_SAMPLES}/c90c3cf961784b6fc5351ab3aea37d20fef22115/next_steps/workshops/POC_in_a_box/completed/"
    "02_Validating_and_Importing_Item_Metadata.ipynb"
)
_AGENT = (
    f"{_SAMPLES}/1bf8ef1be2b987aaac93ffd03e2bc93720a4b16d/next_steps/generative_ai/personalized_recommender_agent/"
    "01_Recommender-Agent_Configure-Personalize-Resources.ipynb"
)
_IMMERSION_DAY = "https://github.com/aws-samples/amazon-personalize-immersion-day"

Put = Callable[[str], str]


@pytest.fixture
def put(request: pytest.FixtureRequest, resources: Resources, bucket: str) -> Put:
    """Write a file with the given content, and return its location."""
    return lambda content: resources.put(bucket, f"{request.node.name}.csv", content)


@assumption(
    "A header without a column of the schema is refused: InvalidInputException that names the column.",
    mark=Mark.ASSUMED,
    source=_ERRORS,
    jobs=1,
)
def test_a_header_without_a_column_is_refused(seen: Observations, imports: Imports, users: str, put: Put) -> None:
    error = imports.refusal(users, put("USER_ID,AGE\nu1,30\n"))

    assert seen.error(error, "missing_columns", columns="CITY") == "InvalidInputException"
    assert "CITY" in str(error)


@assumption("Column names in lower case are accepted.", mark=Mark.OBSERVED, source=_IMMERSION_DAY, jobs=1)
def test_column_names_in_lower_case_are_accepted(seen: Observations, imports: Imports, users: str, put: Put) -> None:
    assert imports.result(seen, users, put("user_id,age,city\nu1,30,Rome\n")) == ACTIVE


@assumption("Quoted column names are accepted.", mark=Mark.OBSERVED, source=_IMMERSION_DAY, jobs=1)
def test_quoted_column_names_are_accepted(seen: Observations, imports: Imports, users: str, put: Put) -> None:
    assert imports.result(seen, users, put('"USER_ID","AGE","CITY"\nu1,30,Rome\n')) == ACTIVE


@assumption("Columns may be in any order, and further columns are ignored.", mark=Mark.OBSERVED, source=_AGENT, jobs=1)
def test_columns_may_be_in_any_order(seen: Observations, imports: Imports, users: str, put: Put) -> None:
    assert imports.result(seen, users, put("EXTRA,CITY,USER_ID,AGE\nx,Rome,u1,30\n")) == ACTIVE


@assumption("Quoted values may contain doubled quotes and line breaks.", mark=Mark.OBSERVED, source=_AGENT, jobs=1)
def test_quoted_values_may_contain_quotes_and_line_breaks(
    seen: Observations, imports: Imports, users: str, put: Put
) -> None:
    assert imports.result(seen, users, put('USER_ID,AGE,CITY\nu1,30,"the ""old""\ntown"\n')) == ACTIVE


@assumption(
    "Values may be empty in a numeric column whose type does not include null.",
    mark=Mark.OBSERVED,
    source=_POC,
    jobs=1,
)
def test_numbers_may_be_empty(seen: Observations, imports: Imports, users: str, put: Put) -> None:
    assert imports.result(seen, users, put("USER_ID,AGE,CITY\nu1,,Rome\nu2,40,Oslo\n")) == ACTIVE


@assumption(
    "A value of 1001 characters in a categorical column fails the job.", mark=Mark.DOCUMENTED, source=_ERRORS, jobs=1
)
def test_a_value_that_is_too_long_fails_the_job(seen: Observations, imports: Imports, users: str, put: Put) -> None:
    result = imports.result(
        seen, users, put(f"USER_ID,AGE,CITY\nu1,30,{'x' * 1001}\n"), "too_long", limit="1000", column="CITY"
    )

    assert result == FAILED


@assumption("Objects in a folder whose names don't end in .csv are ignored.", mark=Mark.ASSUMED, source=_IMPORT, jobs=1)
def test_other_objects_in_a_folder_are_ignored(
    seen: Observations, imports: Imports, resources: Resources, users: str, bucket: str
) -> None:
    resources.put(bucket, "mixed/users.csv", USERS)
    resources.put(bucket, "mixed/_SUCCESS", "")
    resources.put(bucket, "mixed/notes.txt", "not a table")

    assert imports.result(seen, users, f"s3://{bucket}/mixed/") == ACTIVE


@assumption("Files in sub-folders of a folder are ignored.", mark=Mark.DOCUMENTED, source=_IMPORT, jobs=1)
def test_files_in_sub_folders_are_ignored(
    seen: Observations, imports: Imports, resources: Resources, users: str, bucket: str
) -> None:
    resources.put(bucket, "nested/users.csv", USERS)
    resources.put(bucket, "nested/old/users.csv", "WRONG\n1\n")

    assert imports.result(seen, users, f"s3://{bucket}/nested/") == ACTIVE


@assumption(
    "Files of a folder with the same columns in another order fail the job.", mark=Mark.ASSUMED, source=_IMPORT, jobs=1
)
def test_files_with_other_headers_fail_the_job(
    seen: Observations, imports: Imports, resources: Resources, users: str, bucket: str
) -> None:
    resources.put(bucket, "headers/a.csv", USERS)
    resources.put(bucket, "headers/b.csv", "AGE,USER_ID,CITY\n30,u3,Rome\n")

    assert imports.result(seen, users, f"s3://{bucket}/headers/", "headers_differ") == FAILED


@assumption(
    "An import of fewer than 1000 interactions fails the job; it is not refused.",
    mark=Mark.ASSUMED,
    source=_LIMITS,
    jobs=1,
)
def test_too_few_interactions_fail_the_job(seen: Observations, imports: Imports, interactions: str, put: Put) -> None:
    found = MINIMUM_OF_INTERACTIONS - 1
    result = imports.result(
        seen,
        interactions,
        put(rows_of_interactions(found)),
        "too_few_interactions",
        found=str(found),
        minimum=str(MINIMUM_OF_INTERACTIONS),
    )

    assert result == FAILED


@assumption("A TIMESTAMP that is not a number fails the job.", mark=Mark.ASSUMED, source=_ERRORS, jobs=1)
def test_a_timestamp_that_is_not_a_number_fails_the_job(
    seen: Observations, imports: Imports, interactions: str, put: Put
) -> None:
    rows = rows_of_interactions(MINIMUM_OF_INTERACTIONS, last_timestamp="yesterday")
    result = imports.result(seen, interactions, put(rows), "wrong_type", column="TIMESTAMP", type_name="long")

    assert result == FAILED
