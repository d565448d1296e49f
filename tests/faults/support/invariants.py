"""What holds after every fault; each test of this folder ends with it."""

from itertools import pairwise
from typing import Final

from personalize_import_handler.cloudformation.custom_resource import Event
from personalize_import_handler.contract import ImportMode
from personalize_import_handler.contract.properties import InvalidPropertiesError, parse
from personalize_import_handler.request.job_names import names_of
from personalize_import_handler.request.resource import resource_of
from tests.faults.support.stack import Stack
from tests.handler.support.account import Account, Answer
from tests.handler.support.fakes import Job

_NEVER: Final = float("inf")


def assert_invariants(*stacks: Stack) -> None:
    """One answer for each request, one job for each intent, the right data, no unknown job, no error from Delete."""
    account = stacks[0].account
    account.run()
    assert_every_request_has_one_answer(account, [event for stack in stacks for event in stack.requests])
    assert_no_intent_has_two_jobs(*stacks)
    assert_every_job_is_known(*stacks)
    assert_no_delete_failed(*stacks)
    account.clock.advance(max((job.course.seconds for job in account.personalize.jobs.values()), default=0))
    assert_the_data_is_that_of_the_last_success(*stacks)


def assert_every_request_has_one_answer(account: Account, requests: list[Event]) -> None:
    """One, and if its event came again after that, the same again; CloudFormation takes the first."""
    for event in requests:
        said = {_substance(answer) for answer in account.answers.get(event["ResponseURL"], [])}
        assert len(said) == 1, f"{event['RequestType']} was answered with {said or 'nothing'}"
        assert {answer[1] for answer in said} == {resource_of(event).physical_id}, "the physical id has changed"
    assert set(account.answers) <= {event["ResponseURL"] for event in requests}, "nobody asked for this answer"
    assert account.abandoned == []


def assert_no_intent_has_two_jobs(*stacks: Stack) -> None:
    """At most one job for each request, and two of the same import only where the first one's data is not there."""
    for stack in stacks:
        intents = [stem for event in stack.requests if event["RequestType"] != "Delete" and (stem := _stem(event))]
        for stem in set(intents):
            jobs = [job for job in started_jobs(stack.account) if f"-{stem}-" in job.name]
            assert len(jobs) <= intents.count(stem), f"{len(jobs)} jobs for {intents.count(stem)} requests: {jobs}"
            for first, second in pairwise(jobs):
                assert _is_of_no_use(first, second.created_at, stack.account), f"{second.name} was not needed"


def assert_every_job_is_known(*stacks: Stack) -> None:
    """An answer names every job, in its attributes or in its reason."""
    account = stacks[0].account
    answers = [answer for received in account.answers.values() for answer in received]
    for job in started_jobs(account):
        known = [a for a in answers if job.arn == a.attributes.get("DatasetImportJobArn") or job.name in a.reason]
        assert known, f"no answer names {job.name}"


def assert_no_delete_failed(*stacks: Stack) -> None:
    """Deleting is always possible."""
    for stack in stacks:
        for event in stack.requests:
            if event["RequestType"] == "Delete":
                assert all(answer.succeeded for answer in stack.account.answers[event["ResponseURL"]])


def assert_the_data_is_that_of_the_last_success(*stacks: Stack) -> None:
    """The dataset holds what the properties say that CloudFormation believes in."""
    settled = [stack.settled for stack in stacks if stack.settled]
    added = [each["DataLocation"] for each in settled if each.get("ImportMode") == ImportMode.INCREMENTAL]
    for each in settled:
        if each.get("ImportMode") != ImportMode.INCREMENTAL:
            rows = stacks[0].account.personalize.imported(str(each["DatasetArn"]))
            assert rows == [each["DataLocation"], *added]


def assert_the_rows_are_those_of_the_properties(*stacks: Stack) -> None:
    """After a rollback the dataset holds what the properties say that the stack has now, once its jobs have ended."""
    account = stacks[0].account
    account.run()
    account.clock.advance(max((job.course.seconds for job in account.personalize.jobs.values()), default=0))
    for stack in stacks:
        if stack.settled and stack.settled.get("Wait") != "false":  # it is not known then whether its job has failed
            rows = account.personalize.imported(str(stack.settled["DatasetArn"]))
            location = stack.settled["DataLocation"]
            if stack.settled.get("ImportMode") == ImportMode.INCREMENTAL:
                assert location in rows, f"{location} is not in {rows}"
            else:
                assert rows == [location]


def started_jobs(account: Account) -> list[Job]:
    """List the jobs that the handler has started, as far as they are still there, oldest first."""
    personalize = account.personalize
    names = dict.fromkeys(personalize.calls_of("create_dataset_import_job"))
    return [personalize.jobs[name] for name in names if name in personalize.jobs]


def _substance(answer: Answer) -> tuple[object, ...]:
    return (answer.status, answer.physical_resource_id, answer.attributes.get("DatasetImportJobArn"))


def _stem(event: Event) -> str | None:
    try:
        wanted = parse(event["ResourceProperties"])
    except InvalidPropertiesError:
        return None
    return names_of(wanted, resource_of(event)).digest


def _is_of_no_use(job: Job, at: float, account: Account) -> bool:
    """Say whether a job's data was not in its dataset at a point in time, or not in the way it should have been."""
    failed = job.course.end != "ACTIVE" and at - job.created_at >= job.course.seconds
    emptied = account.personalize.datasets.get(job.properties.dataset_arn, _NEVER) > job.created_at
    followed = any(
        other.properties.dataset_arn == job.properties.dataset_arn and job.created_at < other.created_at <= at
        for other in account.personalize.jobs.values()
        if not other.name.startswith(job.name.rpartition("-")[0])
    )
    return failed or emptied or followed
