"""Many imports at once: the functions with simulated services."""

from datetime import UTC, datetime

from personalize_import_handler.contract.properties import parse
from personalize_import_handler.errors import BusyError
from tests.handler.support.account import Account, Execution
from tests.handler.support.fakes import DATASET_ARN, RUNNING_MAX, FakePersonalize, JobBehavior
from tests.handler.support.properties import properties
from tests.handler.support.queue import begin_many, starts_of
from tests.handler.support.simulator import CloudFormation
from tests.handler.support.wait_chain import WaitChain

MANY = 60
JOB_SECONDS = 300
LONGEST_SLEEP = 175
"""Of the last import for which a slot becomes free when the first jobs end, all at once."""


def test_sixty_imports_use_all_slots_in_order_with_few_requests(account: Account, personalize: FakePersonalize) -> None:
    personalize.job_behavior = JobBehavior(seconds=JOB_SECONDS)
    began = account.clock.now
    stacks, events = begin_many(account, MANY, TimeoutSeconds=3300)
    account.run()
    responses = [stack.response_to(event) for stack, event in zip(stacks, events, strict=True)]
    started = [each for each in responses if each.succeeded]
    starts = starts_of(stacks[: len(started)], personalize)
    seconds = max(starts) - began

    assert [each.succeeded for each in responses] == sorted((each.succeeded for each in responses), reverse=True)
    assert personalize.max_running == RUNNING_MAX
    assert (len(started) - RUNNING_MAX) * JOB_SECONDS / RUNNING_MAX >= 0.9 * (seconds - JOB_SECONDS)
    for operation in ("list_dataset_import_jobs", "create_dataset_import_job", "dataset_created_at"):
        assert len(personalize.calls_of(operation)) / seconds < 0.5
    for place, start in enumerate(starts[RUNNING_MAX:], RUNNING_MAX):
        assert start - began <= 1.3 * (place // RUNNING_MAX) * JOB_SECONDS + LONGEST_SLEEP
    assert all(each.sent_at - began <= 3300 + MANY for each in responses)
    assert "imports of the same provider ahead of it" in responses[-1].reason


def test_a_slot_that_becomes_free_at_the_timeout_starts_no_job(account: Account, personalize: FakePersonalize) -> None:
    personalize.job_behavior = JobBehavior(seconds=600)
    foreign = DATASET_ARN.replace("shop", "foreign")
    for number in range(RUNNING_MAX):
        personalize.import_elsewhere(f"foreign-{number}", parse(properties(DatasetArn=foreign)))

    response = CloudFormation(account).create(properties(TimeoutSeconds=600))

    assert "was queued with 0 imports of the same provider ahead of it and not started" in response.reason
    assert len(personalize.jobs) == RUNNING_MAX


def test_imports_that_were_removed_are_not_ahead(account: Account, personalize: FakePersonalize) -> None:
    personalize.job_behavior = JobBehavior(seconds=1000)
    stacks, _ = begin_many(account, 30)
    account.run(until=account.clock.now + 60)
    for stack in stacks[RUNNING_MAX:]:
        stack.begin("Delete", stack.properties or {})
    account.run(until=account.clock.now + 900)
    began = account.clock.now

    (last,), _ = begin_many(account, 1, first=100)
    account.run()

    assert starts_of([last], personalize)[0] - began < 200


def test_an_import_whose_place_can_not_be_listed_does_not_wait_by_its_last_place(
    account: Account, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(seconds=100_000)
    begin_many(account, MANY)
    _, (event,) = begin_many(account, 1, first=100)
    account.run(until=account.clock.now + 300)
    own = next(each for each in account.executions.values() if each.data["ResponseURL"] == event["ResponseURL"])
    account._waiting[:] = [own]
    polled_at = own.due_at
    account.fail_list_executions(BusyError("ListExecutions", "ThrottlingException", "Rate exceeded"))
    account.step()

    assert own.due_at - polled_at < 600


def test_imports_ahead_that_never_advance_do_not_hold_an_import_for_more_than_twenty_minutes(
    account: Account, personalize: FakePersonalize
) -> None:
    began = account.clock.now
    for number in range(10):
        started_at = datetime.fromtimestamp(began - 60, UTC)
        stuck = Execution({}, due_at=float("inf"), ends_at=float("inf"), started_at=started_at)
        account.executions[f"{number:032x}-{number:020x}-{number:08x}-0"] = stuck
        account._waiting.append(stuck)

    (last,), _ = begin_many(account, 1, first=100)
    account.run(until=began + 3600)

    assert 900 <= starts_of([last], personalize)[0] - began < 1200


def test_a_later_resource_of_a_wait_chain_keeps_its_place_and_hands_over(
    account: Account, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(seconds=3000)
    begin_many(account, 12)
    personalize.job_behavior = JobBehavior(seconds=JOB_SECONDS)

    responses = WaitChain(account, resource_count=4, timeout_seconds=2400).create(properties())

    assert responses[-1].attributes["Status"] == "ACTIVE"
    assert len({each.job_arn for each in responses}) == 1
    assert responses[0].attributes["Status"] == "UNKNOWN"


def test_executions_that_can_not_be_listed_only_delay_an_import(account: Account, personalize: FakePersonalize) -> None:
    account.fail_list_executions(*[BusyError("ListExecutions", "ThrottlingException", "Rate exceeded")] * 6)
    began = account.clock.now

    response = CloudFormation(account).create(properties())

    assert response.succeeded
    (job,) = personalize.jobs.values()
    assert job.created_at - began < 300
