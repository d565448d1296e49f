"""Whatever is deployed in whatever order, and whatever fails meanwhile: the invariants hold."""

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
from tests.handler.support.fakes import Course
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

WANTED = st.fixed_dictionaries(
    {"DataLocation": st.sampled_from(["s3://shop-data/1/", "s3://shop-data/2/"])},
    optional={
        "ReimportToken": st.sampled_from(["1", "2"]),
        "ImportMode": st.sampled_from(["FULL", "INCREMENTAL"]),
        "Tags": st.sampled_from([tags(stage="dev"), tags(stage="prod", team="data")]),
        "Wait": st.booleans(),
    },
)
# Only a failure takes no time: of two imports that do, nobody could know which came first.
COURSES = st.one_of(
    st.builds(Course, seconds=st.sampled_from([1, 50, 300, 1000])),
    st.builds(Course, seconds=st.sampled_from([0, 50, 300, 1000]), end=st.just("CREATE FAILED")),
)
FAULTS = st.tuples(
    st.sampled_from(OPERATIONS), st.sampled_from(ERRORS), st.integers(1, 4), st.booleans()
)  # operation, error, times, after its effect
TURNS = st.sampled_from(
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
# Turn, properties, how its jobs go, faults, answers that get lost, starts of the waiter that fail.
Step = tuple[str, dict[str, Any], Course, list[tuple[str, BaseException, int, bool]], int, int]
STEPS = st.lists(
    st.tuples(TURNS, WANTED, COURSES, st.lists(FAULTS, max_size=3), st.integers(0, 2), st.integers(0, 1)), max_size=5
)


def play(steps: Sequence[Step]) -> int:
    """Play a sequence, and return how many rollbacks were in it."""
    account = Account()
    stack = Stack(account)
    for turn, wanted, course, faults, lost, refused in steps:
        account.personalize.course = course
        for operation, error, times, after_effect in faults:
            account.personalize.fail_next(operation, error, times=times, after_effect=after_effect)
        account.undeliverable = lost
        if turn not in {"again", "twice"}:  # of two deliveries, none can know that the other has failed
            account.refuse_to_wait(*[RuntimeError("ServiceUnavailable")] * refused)
        event(turn)
        rollbacks = stack.rollbacks
        take(turn, stack, properties(**wanted))
        account.run()
        account.heal()
        if stack.rollbacks > rollbacks:
            assert_the_rows_are_those_of_the_properties(stack)
        account.clock.advance(1)
    account.personalize.course = Course()
    if stack.settled:
        stack.deploy({**stack.settled, "ReimportToken": "the last"})
    assert_invariants(stack)
    return stack.rollbacks


def take(turn: str, stack: Stack, wanted: dict[str, Any]) -> None:
    match turn:
        case "deploy" | "another fails" | "dataset replaced" | "dataset replaced, another fails":
            stack.deploy(wanted, replaces_dataset="replaced" in turn, another_resource_fails="fails" in turn)
        case "interrupt":
            stack.interrupt(wanted)
        case "twice":
            deploy_with_every_event_twice(stack, wanted)
        case "again":
            deploy_and_deliver_again(stack, wanted)
        case "delete":
            delete(stack)
        case "dataset":
            stack.account.personalize.recreate_dataset()


def deploy_with_every_event_twice(stack: Stack, wanted: dict[str, Any]) -> None:
    stack.deliveries = 2
    stack.deploy(wanted)
    stack.deliveries = 1


def deploy_and_deliver_again(stack: Stack, wanted: dict[str, Any]) -> None:
    made = len(stack.requests)
    if stack.deploy(wanted).succeeded:
        for request in stack.requests[made:]:
            stack.account.deliver(request)


def delete(stack: Stack) -> None:
    if stack.settled is not None:
        stack.back_to(None)
        stack.generation += 1


def test_the_invariants_hold_after_any_sequence_of_turns_and_faults(
    record_property: Callable[[str, object], None],
) -> None:
    record_property("random sequences", simulate(200, play, STEPS))


@pytest.mark.nightly
def test_the_invariants_hold_after_thousands_of_sequences(record_property: Callable[[str, object], None]) -> None:
    record_property("random sequences", simulate(1200, play, STEPS))
