"""Faults of Personalize in real deploys; see docs/reliability.md."""

from typing import Any

import pytest

from personalize_import_handler.contract.printable import printable
from tests.deploy.support.stack_under_test import StackUnderTest
from tests.deploy.support.stacks import ImportStack
from tests.local_aws.support.server_setup import make_dataset, make_import_role, put_users, start_job
from tests.support.until import until

pytestmark = [pytest.mark.deploy, pytest.mark.slow]

THROTTLED = {"error_code": "ThrottlingException", "message": "Rate exceeded"}
SERVER_ERROR = {"error_code": "InternalServerError", "message": "An internal error occurred.", "http_status": 500}
RESET = {"drop_connection": True}
NO_ROOM = {"error_code": "LimitExceededException", "message": "More than 5 resources with PENDING status."}
IN_USE = {"error_code": "ResourceInUseException", "message": "The dataset is in use."}
DENIED = {"error_code": "AccessDeniedException", "message": "User: x is not authorized to perform: personalize:Look"}
TWO_MINUTES = 120


def order(stack: StackUnderTest, operation: str, fault: dict[str, Any], **more: Any) -> None:
    stack.cloud.aws.control("POST", "faults", {"operation": operation, **fault, **more})


def outcomes(stack: StackUnderTest, operation: str) -> list[str]:
    calls = stack.cloud.aws.control("GET", f"calls?operation={operation}")["calls"]
    return [call["outcome"] for call in calls]


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(THROTTLED, id="throttled"),
        pytest.param(SERVER_ERROR, id="500", marks=pytest.mark.nightly),
        pytest.param(RESET, id="reset", marks=pytest.mark.nightly),
    ],
)
def test_describe_fails_for_two_minutes_and_the_deploy_continues(stack: StackUnderTest, fault: dict[str, Any]) -> None:
    # So slow that the functions poll several times within two minutes, and an import that ends within them.
    stack.cloud.aws.control("POST", "clock", {"speed": 20})
    stack.cloud.aws.control("POST", "settings", {"import_pending_seconds": 5, "import_in_progress_seconds": 20})
    stack.begin()
    until(lambda: stack.jobs)
    order(stack, "DescribeDatasetImportJob", fault, seconds=TWO_MINUTES)

    assert stack.end() == "CREATE_COMPLETE"
    assert len([outcome for outcome in outcomes(stack, "DescribeDatasetImportJob") if outcome != "OK"]) >= 3
    assert stack.jobs == ["ACTIVE"]
    stack.assert_is_clean()


@pytest.mark.parametrize("operation", ["DescribeDataset", "ListDatasetImportJobs"])
def test_describing_the_dataset_is_throttled_while_a_job_is_adopted(stack: StackUnderTest, operation: str) -> None:
    stack.stack_class = ImportStack
    dataset = make_dataset(stack.cloud, stack.name)
    stack.cloud.aws.control("POST", "jobs/hold", {"job_name": "*"})
    assert stack.run_out_of_time(dataset=dataset) == "ROLLBACK_COMPLETE"
    order(stack, operation, THROTTLED, times=9)
    stack.begin(dataset=dataset)
    until(lambda: outcomes(stack, operation).count("ThrottlingException") == 9)
    stack.cloud.aws.control("POST", "jobs/release", {"job_name": "*"})

    assert stack.end() == "CREATE_COMPLETE"
    assert stack.jobs == ["ACTIVE"]
    stack.assert_is_clean()


def test_describe_is_denied_permanently_and_the_stack_reports_it(stack: StackUnderTest) -> None:
    order(stack, "DescribeDatasetImportJob", DENIED, seconds=3600)

    assert stack.deploy() == "ROLLBACK_COMPLETE"
    assert stack.reason.startswith(DENIED["message"])
    stack.assert_is_clean()


@pytest.mark.parametrize(
    ("fault", "times"),
    # The client of the functions retries temporary errors, so one poll receives three responses.
    [
        pytest.param(THROTTLED, 9, id="throttled"),
        pytest.param(SERVER_ERROR, 9, id="500", marks=pytest.mark.nightly),
        pytest.param(NO_ROOM, 9, id="no capacity", marks=pytest.mark.nightly),
        pytest.param(IN_USE, 3, id="in use"),
    ],
)
def test_create_is_refused_in_three_polls_and_succeeds_in_the_fourth(
    stack: StackUnderTest, fault: dict[str, Any], times: int
) -> None:
    order(stack, "CreateDatasetImportJob", fault, times=times)

    assert stack.deploy() == "CREATE_COMPLETE"
    assert outcomes(stack, "CreateDatasetImportJob") == [fault["error_code"]] * times + ["OK"]
    assert stack.jobs == ["ACTIVE"]
    stack.assert_is_clean()


@pytest.mark.parametrize(
    "fault", [pytest.param(SERVER_ERROR, id="500"), pytest.param(RESET, id="reset", marks=pytest.mark.nightly)]
)
def test_create_returns_an_error_although_it_has_accepted_the_job(stack: StackUnderTest, fault: dict[str, Any]) -> None:
    order(stack, "CreateDatasetImportJob", fault, after_effect=True)

    assert stack.deploy() == "CREATE_COMPLETE"
    assert stack.jobs == ["ACTIVE"]
    stack.assert_is_clean()


def test_five_other_jobs_run_in_the_account_and_the_import_is_queued(stack: StackUnderTest) -> None:
    foreign = [f"foreign-{number}" for number in range(5)]
    for job in foreign:
        stack.cloud.aws.control("POST", "jobs/hold", {"job_name": job})
        role = make_import_role(stack.cloud, job)
        start_job(stack.cloud.personalize, job, make_dataset(stack.cloud, job), put_users(stack.cloud, job), role)
    stack.begin()
    until(lambda: "LimitExceededException" in outcomes(stack, "CreateDatasetImportJob"))
    assert stack.jobs == []
    for job in foreign:
        stack.cloud.aws.control("POST", "jobs/release", {"job_name": job})

    assert stack.end() == "CREATE_COMPLETE"
    assert stack.jobs == ["ACTIVE"]
    assert stack.cloud.aws.control("GET", "jobs")["most_running_at_once"] == 5
    stack.assert_is_clean()


def test_another_job_imports_into_the_dataset_and_the_import_is_queued_until_its_end(stack: StackUnderTest) -> None:
    stack.stack_class = ImportStack
    dataset = make_dataset(stack.cloud, stack.name)
    stack.cloud.aws.control("POST", "jobs/hold", {"job_name": "foreign"})
    role = make_import_role(stack.cloud, stack.name.lower())
    start_job(stack.cloud.personalize, "foreign", dataset, stack.put("d"), role)
    stack.begin(dataset=dataset)
    until(lambda: "RUNNING" in stack.executions())
    assert stack.jobs == []
    stack.cloud.aws.control("POST", "jobs/release", {"job_name": "foreign"})

    assert stack.end() == "CREATE_COMPLETE"
    assert stack.jobs == ["ACTIVE"]
    assert stack.users == ["a", "b", "c"]
    stack.assert_is_clean()


@pytest.mark.parametrize(
    "after_seconds", [pytest.param(0, id="at once", marks=pytest.mark.nightly), pytest.param(900, id="late")]
)
@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ({"failure_reason": "Broken row"}, "Broken row. DatasetImportJob"),
        ({"status": "CREATE PAUSED"}, "DatasetImportJob"),
    ],
    ids=["failed", "unknown status"],
)
def test_a_job_that_fails_or_has_an_unknown_status_is_reported(
    stack: StackUnderTest, end: dict[str, str], expected: str, after_seconds: int
) -> None:
    stack.cloud.aws.control("POST", "jobs/hold", {"job_name": "*"})
    stack.cloud.aws.control("POST", "jobs/end", {"job_name": "*", "after_seconds": after_seconds, **end})

    assert stack.deploy() == "ROLLBACK_COMPLETE"
    assert stack.reason.startswith(expected)
    assert stack.jobs == [end.get("status", "CREATE FAILED")]
    assert stack.jobs[0] in stack.reason
    stack.assert_is_clean()


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("0123456789" * 1024, id="long", marks=pytest.mark.nightly),
        pytest.param("Zeile 7 🤷 " * 400, id="emoji"),
        pytest.param('line 1\nline 2\n\t"quoted" \\ ', id="lines", marks=pytest.mark.nightly),
    ],
)
def test_a_failure_reason_of_any_length_and_script_is_reported_with_its_beginning(
    stack: StackUnderTest, words: str
) -> None:
    stack.cloud.aws.control("POST", "jobs/end", {"job_name": "*", "failure_reason": words})

    assert stack.deploy() == "ROLLBACK_COMPLETE"
    assert stack.reason.startswith(printable(words.strip())[:200])
    assert stack.cloud.jobs(stack.name)[0]["job_name"] in stack.reason
    stack.assert_is_clean()
