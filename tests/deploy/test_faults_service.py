"""What Personalize answers instead of what was hoped for; docs/reliability.md has the table."""

from typing import Any

import pytest

from personalize_import_handler.contract.printable import printable
from tests.deploy.support.direct import Row, until
from tests.deploy.support.stacks import ImportStack
from tests.local_aws.support.server_setup import make_dataset, make_import_role, put_users, start_job

pytestmark = [pytest.mark.deploy, pytest.mark.slow]

THROTTLED = {"error_code": "ThrottlingException", "message": "Rate exceeded"}
SERVER_ERROR = {"error_code": "InternalServerError", "message": "An internal error occurred.", "http_status": 500}
RESET = {"drop_connection": True}
NO_ROOM = {"error_code": "LimitExceededException", "message": "More than 5 resources with PENDING status."}
IN_USE = {"error_code": "ResourceInUseException", "message": "The dataset is in use."}
DENIED = {"error_code": "AccessDeniedException", "message": "User: x is not authorized to perform: personalize:Look"}
TWO_MINUTES = 120


def order(row: Row, operation: str, fault: dict[str, Any], **more: Any) -> None:
    row.cloud.aws.control("POST", "faults", {"operation": operation, **fault, **more})


def outcomes(row: Row, operation: str) -> list[str]:
    calls = row.cloud.aws.control("GET", f"calls?operation={operation}")["calls"]
    return [call["outcome"] for call in calls]


@pytest.mark.parametrize("fault", [THROTTLED, SERVER_ERROR, RESET], ids=["throttled", "500", "reset"])
def test_describe_fails_for_two_minutes_and_the_deploy_goes_on(row: Row, fault: dict[str, Any]) -> None:
    # So slow that the functions look several times in the two minutes, and an import so short that it ends in them.
    row.cloud.aws.control("POST", "clock", {"speed": 20})
    row.cloud.aws.control("POST", "settings", {"import_pending_seconds": 5, "import_in_progress_seconds": 20})
    row.begin()
    until(lambda: row.jobs)
    order(row, "DescribeDatasetImportJob", fault, seconds=TWO_MINUTES)

    assert row.end() == "CREATE_COMPLETE"
    assert len([outcome for outcome in outcomes(row, "DescribeDatasetImportJob") if outcome != "OK"]) > 3
    assert row.jobs == ["ACTIVE"]
    row.assert_is_well()


@pytest.mark.parametrize("operation", ["DescribeDataset", "ListDatasetImportJobs"])
def test_a_look_at_the_dataset_is_throttled_while_a_job_is_joined(row: Row, operation: str) -> None:
    row.stack = ImportStack
    dataset = make_dataset(row.cloud, row.name)
    row.cloud.aws.control("POST", "jobs/hold", {"job_name": "*"})
    assert row.run_out_of_time(dataset=dataset) == "ROLLBACK_COMPLETE"
    order(row, operation, THROTTLED, times=9)
    row.begin(dataset=dataset)
    until(lambda: outcomes(row, operation).count("ThrottlingException") == 9)
    row.cloud.aws.control("POST", "jobs/release", {"job_name": "*"})

    assert row.end() == "CREATE_COMPLETE"
    assert row.jobs == ["ACTIVE"]
    row.assert_is_well()


def test_describe_is_denied_for_good_and_the_stack_says_so(row: Row) -> None:
    order(row, "DescribeDatasetImportJob", DENIED, seconds=3600)

    assert row.deploy() == "ROLLBACK_COMPLETE"
    assert row.reason.startswith(DENIED["message"])
    row.assert_is_well()


@pytest.mark.parametrize(
    ("fault", "times"),
    # The functions' client repeats what it takes for a passing error, so that there are three answers in a look.
    [(THROTTLED, 9), (SERVER_ERROR, 9), (NO_ROOM, 9), (IN_USE, 3)],
    ids=["throttled", "500", "no room", "in use"],
)
def test_create_is_refused_at_three_looks_and_granted_at_the_fourth(
    row: Row, fault: dict[str, Any], times: int
) -> None:
    order(row, "CreateDatasetImportJob", fault, times=times)

    assert row.deploy() == "CREATE_COMPLETE"
    assert outcomes(row, "CreateDatasetImportJob") == [fault["error_code"]] * times + ["OK"]
    assert row.jobs == ["ACTIVE"]
    row.assert_is_well()


@pytest.mark.parametrize("fault", [SERVER_ERROR, RESET], ids=["500", "reset"])
def test_create_answers_with_an_error_although_it_has_accepted_the_job(row: Row, fault: dict[str, Any]) -> None:
    order(row, "CreateDatasetImportJob", fault, after_effect=True)

    assert row.deploy() == "CREATE_COMPLETE"
    assert row.jobs == ["ACTIVE"]
    row.assert_is_well()


def test_five_foreign_jobs_run_in_the_account_and_the_deploy_waits_for_room(row: Row) -> None:
    foreign = [f"foreign-{number}" for number in range(5)]
    for job in foreign:
        row.cloud.aws.control("POST", "jobs/hold", {"job_name": job})
        role = make_import_role(row.cloud, job)
        start_job(row.cloud.personalize, job, make_dataset(row.cloud, job), put_users(row.cloud, job), role)
    row.begin()
    until(lambda: "LimitExceededException" in outcomes(row, "CreateDatasetImportJob"))
    assert row.jobs == []
    for job in foreign:
        row.cloud.aws.control("POST", "jobs/release", {"job_name": job})

    assert row.end() == "CREATE_COMPLETE"
    assert row.jobs == ["ACTIVE"]
    assert row.cloud.aws.control("GET", "jobs")["most_running_at_once"] == 5
    row.assert_is_well()


def test_a_foreign_job_imports_into_the_same_dataset_and_the_deploy_waits_for_its_end(row: Row) -> None:
    row.stack = ImportStack
    dataset = make_dataset(row.cloud, row.name)
    row.cloud.aws.control("POST", "jobs/hold", {"job_name": "foreign"})
    role = make_import_role(row.cloud, row.name.lower())
    start_job(row.cloud.personalize, "foreign", dataset, row.put("d"), role)
    row.begin(dataset=dataset)
    until(lambda: "RUNNING" in row.executions())
    assert row.jobs == []
    row.cloud.aws.control("POST", "jobs/release", {"job_name": "foreign"})

    assert row.end() == "CREATE_COMPLETE"
    assert row.jobs == ["ACTIVE"]
    assert row.users == ["a", "b", "c"]
    row.assert_is_well()


@pytest.mark.parametrize("after_seconds", [0, 900], ids=["at once", "late"])
@pytest.mark.parametrize(
    ("end", "told"),
    [
        ({"failure_reason": "Broken row"}, "Broken row. DatasetImportJob"),
        ({"status": "CREATE PAUSED"}, "DatasetImportJob"),
    ],
    ids=["failed", "unknown status"],
)
def test_a_job_ends_in_failure_or_in_a_status_that_nobody_knows(
    row: Row, end: dict[str, str], told: str, after_seconds: int
) -> None:
    row.cloud.aws.control("POST", "jobs/hold", {"job_name": "*"})
    row.cloud.aws.control("POST", "jobs/end", {"job_name": "*", "after_seconds": after_seconds, **end})

    assert row.deploy() == "ROLLBACK_COMPLETE"
    assert row.reason.startswith(told)
    assert row.jobs == [end.get("status", "CREATE FAILED")]
    assert row.jobs[0] in row.reason
    row.assert_is_well()


@pytest.mark.parametrize(
    "words",
    ["0123456789" * 1024, "Zeile 7 🤷 " * 400, 'line 1\nline 2\n\t"quoted" \\ '],
    ids=["long", "emoji", "lines"],
)
def test_a_failure_reason_of_any_length_and_script_is_told_by_its_head(row: Row, words: str) -> None:
    row.cloud.aws.control("POST", "jobs/end", {"job_name": "*", "failure_reason": words})

    assert row.deploy() == "ROLLBACK_COMPLETE"
    assert row.reason.startswith(printable(words.strip())[:200])
    assert row.cloud.jobs(row.name)[0]["job_name"] in row.reason
    row.assert_is_well()
