"""The invariants that each test of this folder checks at its end."""

from itertools import pairwise
from typing import Final

from personalize_import_handler.cloudformation.custom_resource import Event
from personalize_import_handler.contract import REFRESH_TAG, ImportMode
from personalize_import_handler.contract.properties import InvalidPropertiesError, parse
from personalize_import_handler.request.job_names import names_of
from personalize_import_handler.request.resource import resource_of
from tests.faults.support.stack import Stack
from tests.handler.support.account import Account, Response
from tests.handler.support.fakes import Job

_NEVER: Final = float("inf")


def assert_invariants(*stacks: Stack) -> None:
    """Check all invariants; docs/reliability.md lists them."""
    account = stacks[0].account
    account.run()
    assert_one_response_per_request(account, [event for stack in stacks for event in stack.requests])
    assert_one_job_per_import(*stacks)
    assert_every_job_is_reported(*stacks)
    assert_no_delete_failed(*stacks)
    account.clock.advance(max((job.job_behavior.seconds for job in account.personalize.jobs.values()), default=0))
    assert_the_data_is_that_of_the_last_success(*stacks)


def assert_one_response_per_request(account: Account, requests: list[Event]) -> None:
    """Check that all responses to a request are equal; there are several if its event was delivered again."""
    for event in requests:
        contents = {_essentials(response) for response in account.responses.get(event["ResponseURL"], [])}
        assert len(contents) == 1, f"{event['RequestType']} has the responses {contents or 'none'}"
        assert {response[1] for response in contents} == {resource_of(event).physical_id}, "the physical id has changed"
    assert set(account.responses) <= {event["ResponseURL"] for event in requests}, "unexpected response"
    assert account.abandoned == []


def assert_one_job_per_import(*stacks: Stack) -> None:
    """Check that a request starts at most one job, and that only imports without data in the dataset are repeated."""
    for stack in stacks:
        imports = [
            digest for event in stack.requests if event["RequestType"] != "Delete" and (digest := _digest(event))
        ]
        for digest in set(imports):
            jobs = [job for job in started_jobs(stack.account) if f"-{digest}-" in job.name]
            assert len(jobs) <= imports.count(digest), f"{len(jobs)} jobs for {imports.count(digest)} requests: {jobs}"
            for first, second in pairwise(jobs):
                assert _is_obsolete(first, second.created_at, stack.account), f"{second.name} was not needed"


def assert_every_job_is_reported(*stacks: Stack) -> None:
    """Check that a response names each job, in its attributes or in its reason."""
    account = stacks[0].account
    responses = [response for received in account.responses.values() for response in received]
    for job in started_jobs(account):
        known = [a for a in responses if job.arn == a.attributes.get("DatasetImportJobArn") or job.name in a.reason]
        assert known, f"no response names {job.name}"


def assert_no_delete_failed(*stacks: Stack) -> None:
    """Check that each Delete has succeeded."""
    for stack in stacks:
        for event in stack.requests:
            if event["RequestType"] == "Delete":
                assert all(response.succeeded for response in stack.account.responses[event["ResponseURL"]])


def assert_the_data_is_that_of_the_last_success(*stacks: Stack) -> None:
    """Check that the dataset contains the data of the last successful properties."""
    settled = [stack.settled for stack in stacks if stack.settled]
    added = [each["DataLocation"] for each in settled if each.get("ImportMode") == ImportMode.INCREMENTAL]
    for each in settled:
        if each.get("ImportMode") != ImportMode.INCREMENTAL:
            rows = stacks[0].account.personalize.imported(str(each["DatasetArn"]))
            assert rows == [each["DataLocation"], *added]


def assert_the_rows_are_those_of_the_properties(*stacks: Stack) -> None:
    """Check that after a rollback the dataset contains the data of the stack's properties, once all jobs have ended."""
    account = stacks[0].account
    account.run()
    account.clock.advance(max((job.job_behavior.seconds for job in account.personalize.jobs.values()), default=0))
    for stack in stacks:
        if stack.settled and stack.settled.get("Wait") != "false":  # otherwise its job may have failed
            rows = account.personalize.imported(str(stack.settled["DatasetArn"]))
            location = stack.settled["DataLocation"]
            if stack.settled.get("ImportMode") == ImportMode.INCREMENTAL:
                assert location in rows, f"{location} is not in {rows}"
            else:
                assert rows == [location]


def started_jobs(account: Account) -> list[Job]:
    """Return the existing jobs that the handler has started for requests of CloudFormation, oldest first."""
    personalize = account.personalize
    names = dict.fromkeys(personalize.calls_of("create_dataset_import_job"))
    jobs = [personalize.jobs[name] for name in names if name in personalize.jobs]
    return [job for job in jobs if REFRESH_TAG not in personalize.tags[job.arn]]


def _essentials(response: Response) -> tuple[object, ...]:
    return (response.status, response.physical_resource_id, response.attributes.get("DatasetImportJobArn"))


def _digest(event: Event) -> str | None:
    try:
        requested = parse(event["ResourceProperties"])
    except InvalidPropertiesError:
        return None
    return names_of(requested, resource_of(event)).digest


def _is_obsolete(job: Job, at: float, account: Account) -> bool:
    """Return whether a job's data was missing from its dataset, or replaced, at a point in time."""
    failed = job.job_behavior.end != "ACTIVE" and at - job.created_at >= job.job_behavior.seconds
    emptied = account.personalize.datasets.get(job.properties.dataset_arn, _NEVER) > job.created_at
    followed = any(
        other.properties.dataset_arn == job.properties.dataset_arn and job.created_at < other.created_at <= at
        for other in account.personalize.jobs.values()
        if not other.name.startswith(job.name.rpartition("-")[0])
    )
    return failed or emptied or followed
