"""Random sequences of operations and faults, after which the invariants hold."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import event
from hypothesis import strategies as st

from personalize_import_handler.errors import BusyError
from tests.faults.support.invariants import assert_invariants, assert_the_rows_are_those_of_the_properties
from tests.faults.support.sequences import simulate
from tests.faults.support.stack import Stack
from tests.handler.support.account import Account, Killed
from tests.handler.support.fakes import JobBehavior
from tests.handler.support.properties import properties, tags

OPERATIONS = [
    "describe_dataset_import_job",
    "create_dataset_import_job",
    "list_dataset_import_jobs",
    "dataset_created_at",
    "list_tags",
    "tag_resource",
    "untag_resource",
]
ERRORS: Sequence[BaseException] = [
    Killed(),
    BusyError("any", "ThrottlingException", "Rate exceeded"),
    BusyError("any", "LimitExceededException", "More than 5 resources with PENDING or IN_PROGRESS status."),
]

PROPERTIES = st.fixed_dictionaries(
    {"DataLocation": st.sampled_from(["s3://shop-data/1/", "s3://shop-data/2/"])},
    optional={
        "ReimportToken": st.sampled_from(["1", "2"]),
        "ImportMode": st.sampled_from(["FULL", "INCREMENTAL"]),
        "Tags": st.sampled_from([tags(stage="dev"), tags(stage="prod", team="data")]),
        "Wait": st.booleans(),
    },
)
# Only a failed job takes no time: of two successful ones, the order would be undefined.
BEHAVIORS = st.one_of(
    st.builds(JobBehavior, seconds=st.sampled_from([1, 50, 300, 1000])),
    st.builds(JobBehavior, seconds=st.sampled_from([0, 50, 300, 1000]), end=st.just("CREATE FAILED")),
)
FAULTS = st.tuples(
    st.sampled_from(OPERATIONS), st.sampled_from(ERRORS), st.integers(1, 4), st.booleans()
)  # operation, error, times, after its effect
ACTIONS = st.sampled_from(
    [
        "deploy",
        "deploy",
        "another fails",
        "interrupt",
        "again",
        "twice",
        "delete",
        "dataset",
        "dataset replaced",
        "dataset replaced, another fails",
    ]
)
# Action, properties, behavior of jobs, faults, number of lost responses, number of failed StartExecution calls.
Step = tuple[str, dict[str, Any], JobBehavior, list[tuple[str, BaseException, int, bool]], int, int]
STEPS = st.lists(
    st.tuples(ACTIONS, PROPERTIES, BEHAVIORS, st.lists(FAULTS, max_size=3), st.integers(0, 2), st.integers(0, 1)),
    max_size=5,
)


def run_sequence(steps: Sequence[Step]) -> int:
    """Simulate a sequence, and return the number of its rollbacks."""
    account = Account()
    stack = Stack(account)
    for action, changed, job_behavior, faults, lost, refused in steps:
        account.personalize.job_behavior = job_behavior
        for operation, error, times, after_effect in faults:
            account.personalize.fail_next(operation, error, times=times, after_effect=after_effect)
        account.undeliverable = lost
        if action not in {"again", "twice"}:  # two deliveries don't share their failures
            account.fail_start_execution(*[RuntimeError("ServiceUnavailable")] * refused)
        event(action)
        rollbacks = stack.rollbacks
        run_action(action, stack, properties(**changed))
        account.run()
        account.clear_faults()
        if stack.rollbacks > rollbacks:
            assert_the_rows_are_those_of_the_properties(stack)
        account.clock.advance(1)
    account.personalize.job_behavior = JobBehavior()
    if stack.settled:
        stack.deploy({**stack.settled, "ReimportToken": "the last"})
    assert_invariants(stack)
    return stack.rollbacks


def run_action(action: str, stack: Stack, changed: dict[str, Any]) -> None:
    match action:
        case "deploy" | "another fails" | "dataset replaced" | "dataset replaced, another fails":
            stack.deploy(changed, replaces_dataset="replaced" in action, another_resource_fails="fails" in action)
        case "interrupt":
            stack.interrupt(changed)
        case "twice":
            deploy_with_every_event_twice(stack, changed)
        case "again":
            deploy_and_deliver_again(stack, changed)
        case "delete":
            delete(stack)
        case "dataset":
            stack.account.personalize.recreate_dataset()


def deploy_with_every_event_twice(stack: Stack, changed: dict[str, Any]) -> None:
    stack.deliveries = 2
    stack.deploy(changed)
    stack.deliveries = 1


def deploy_and_deliver_again(stack: Stack, changed: dict[str, Any]) -> None:
    count = len(stack.requests)
    if stack.deploy(changed).succeeded:
        for request in stack.requests[count:]:
            stack.account.deliver(request)


def delete(stack: Stack) -> None:
    if stack.settled is not None:
        stack.back_to(None)
        stack.generation += 1


def test_the_invariants_hold_after_any_sequence_of_operations_and_faults(
    record_property: Callable[[str, object], None],
) -> None:
    record_property("random sequences", simulate(200, run_sequence, STEPS))


@pytest.mark.nightly
def test_the_invariants_hold_after_thousands_of_sequences(record_property: Callable[[str, object], None]) -> None:
    record_property("random sequences", simulate(1200, run_sequence, STEPS))
