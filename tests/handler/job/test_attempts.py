"""Attempts at one import: which one is found, which comes next, and where they end."""

import pytest

from personalize_import_handler.contract import ATTEMPTS_MAX, RESOURCE_TAG
from personalize_import_handler.contract.properties import parse
from personalize_import_handler.errors import RefusedError
from personalize_import_handler.request.job_names import JobNames, names_of
from personalize_import_handler.request.resource import Resource
from tests.faults.support.stack import after_next
from tests.handler.conftest import Log
from tests.handler.support.account import Account, Killed
from tests.handler.support.fakes import FakePersonalize, JobBehavior
from tests.handler.support.properties import DATA_LOCATION, properties
from tests.handler.support.simulator import CloudFormation

OTHER_LOCATION = "s3://shop-data/interactions-2/"
REFUSED = RefusedError("DescribeDatasetImportJob", "InvalidInputException", "Invalid input.")


@pytest.fixture
def names(cloudformation: CloudFormation) -> JobNames:
    resource = Resource(stack_id=cloudformation.stack_id, logical_id=cloudformation.logical_id)
    return names_of(parse(properties()), resource)


def use_up(personalize: FakePersonalize, names: JobNames, attempts: int, first: int = 1) -> None:
    personalize.job_behavior = JobBehavior(seconds=0, end="CREATE FAILED")
    for attempt in range(first, attempts + 1):
        personalize.import_elsewhere(names.name(attempt), parse(properties()))
    personalize.job_behavior = JobBehavior()


def test_the_name_of_a_failed_job_is_not_used_again_and_the_next_attempt_has_the_next_number(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(end="CREATE FAILED")
    cloudformation.create(properties())
    assert cloudformation.roll_back().succeeded
    personalize.job_behavior = JobBehavior()

    response = CloudFormation(account, generation=2).create(properties())

    assert response.succeeded
    first, second = personalize.jobs
    assert (first.rpartition("-")[2], second.rpartition("-")[2]) == ("1", "2")
    assert response.attributes["JobName"] == second


def test_the_last_name_is_used(names: JobNames, cloudformation: CloudFormation, personalize: FakePersonalize) -> None:
    use_up(personalize, names, ATTEMPTS_MAX - 1, first=ATTEMPTS_MAX - 1)

    response = cloudformation.create(properties())

    assert response.succeeded
    assert response.attributes["JobName"] == names.name(ATTEMPTS_MAX)


def test_after_999_attempts_the_next_one_is_found_by_its_number(
    names: JobNames, cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    use_up(personalize, names, 1001, first=998)

    response = cloudformation.create(properties())

    assert response.attributes["JobName"] == names.name(1002)
    assert names.name(1002).endswith("-a02")


def test_an_import_without_unused_names_fails_with_advice(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(seconds=0, end="CREATE FAILED")
    cloudformation.create(properties())
    (first,) = personalize.jobs
    personalize.import_elsewhere(f"{first.removesuffix('1')}zzz", parse(properties()))

    response = CloudFormation(account, generation=2).create(properties())

    assert response.reason.startswith("All 34695 job names of this import are used. Set ReimportToken")
    assert personalize.calls_of("create_dataset_import_job") == [first]
    assert cloudformation.create(properties(ReimportToken="2")).reason.startswith("The service gave no reason.")


def test_a_delete_waits_for_the_last_of_all_attempts(
    names: JobNames, cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    use_up(personalize, names, ATTEMPTS_MAX - 1, first=ATTEMPTS_MAX - 1)
    personalize.import_elsewhere(names.name(ATTEMPTS_MAX), parse(properties()))
    cloudformation.properties = properties()
    began = account.clock.now

    assert cloudformation.delete("made-up").sent_at - began >= 300


def test_an_error_while_searching_for_a_job_names_the_next_attempt(
    names: JobNames, cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    personalize.import_elsewhere(names.name(1), parse(properties()))
    personalize.fail_next("describe_dataset_import_job", REFUSED)

    response = cloudformation.create(properties())

    assert response.reason.startswith(f"Invalid input. DatasetImportJob {names.name(2)} of {DATA_LOCATION} was not")


def test_an_update_of_a_resource_without_a_job_imports_with_the_new_properties(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    account.fail_start_execution(RuntimeError("Rate exceeded"))
    cloudformation.create(properties())

    assert cloudformation.update(properties()).succeeded
    assert personalize.imported() == [DATA_LOCATION]


@pytest.mark.parametrize("attempts", [1, 700])
def test_finding_a_job_takes_the_same_number_of_calls_for_any_number_of_attempts(
    attempts: int, names: JobNames, cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    use_up(personalize, names, attempts)
    tag = {RESOURCE_TAG: names.resource_tag}
    personalize.import_elsewhere(names.name(attempts + 1), parse(properties()), tag)
    personalize.calls.clear()

    cloudformation.create(properties(Wait=False))

    assert [operation for operation, _ in personalize.calls] == [
        "list_dataset_import_jobs",
        "list_tags",
        "describe_dataset_import_job",
        "dataset_created_at",
        "describe_dataset_import_job",
        "list_tags",
    ]


def test_an_update_finds_its_job_by_name_without_reading_tags(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    cloudformation.create(properties())
    personalize.calls.clear()

    assert cloudformation.update(properties(TimeoutSeconds=1800)).succeeded
    assert personalize.calls_of("describe_dataset_import_job")
    assert personalize.calls_of("list_tags") == []


def test_the_current_job_is_found_although_a_later_attempt_has_failed(
    names: JobNames, cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    personalize.import_elsewhere(names.name(1), parse(properties()))
    personalize.job_behavior = JobBehavior(seconds=0, end="CREATE FAILED")
    personalize.import_elsewhere(names.name(2), parse(properties()))

    response = cloudformation.create(properties())

    assert response.attributes["JobName"] == names.name(1)


def test_a_job_whose_function_was_killed_is_adopted_at_once(
    cloudformation: CloudFormation, personalize: FakePersonalize, log: Log
) -> None:
    personalize.fail_next("create_dataset_import_job", Killed(), after_effect=True)

    assert cloudformation.create(properties()).succeeded
    assert [line for line in log.lines if "Retrying later" in line] == []
    assert len(personalize.calls_of("create_dataset_import_job")) == 1


def test_the_log_shows_whether_a_job_was_started_or_found(
    cloudformation: CloudFormation, account: Account, log: Log
) -> None:
    arn = cloudformation.create(properties()).job_arn
    CloudFormation(account, generation=2).create(properties())

    assert [line.rpartition(".import_job ")[2] for line in log.lines if line.endswith(arn)] == [
        f"Started {arn}",
        f"Found {arn}",
    ]


def test_a_name_that_a_job_of_another_import_has_just_taken_is_skipped(
    names: JobNames, cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    other = parse(properties(DataLocation=OTHER_LOCATION))
    after_next(personalize, "list_dataset_import_jobs", lambda: personalize.import_elsewhere(names.name(1), other))

    response = cloudformation.create(properties())

    assert response.attributes["JobName"] == names.name(2)
    assert personalize.imported()[-1] == DATA_LOCATION


def test_an_adopted_job_that_fails_is_not_started_again(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(seconds=600, end="CREATE FAILED", failure_reason="Broken row")
    cloudformation.create(properties(TimeoutSeconds=60))

    response = CloudFormation(account, generation=2).create(properties())

    assert response.reason.startswith("Broken row. ")
    assert len(personalize.jobs) == 1
