"""When is looked, for how long, and when the watching ends."""

from collections.abc import Iterable
from typing import Any

import pytest

from personalize_import_cli.aws_errors import UnavailableError
from personalize_import_cli.errors import CommandError
from personalize_import_cli.stack.sight import Seen, Sight, State
from personalize_import_cli.stack.watching import Watched, pause, watch

NOT_NOW = UnavailableError("Rate exceeded")


def sight(status: str, begun_at: float = 1, *, state: State | None = State.RUNNING, nested: Any = ()) -> Sight:
    imports = [Seen(name="Import", logical_id="Import", state=state)] if state else []
    return Sight(
        stack_name="Shop", stack_id="id", stack_status=status, begun_at=begun_at, imports=imports, nested_stacks=nested
    )


RUNNING, DONE = sight("UPDATE_IN_PROGRESS"), sight("UPDATE_COMPLETE", state=State.IMPORTED)


def watched(looks: Iterable[Sight | UnavailableError | None], *, next_operation: bool = False) -> list[Sight | None]:
    """Watch what these looks see, and return what was shown; no look is left over."""
    shown: list[Sight | None] = []
    coming = iter(looks)

    def look() -> Sight | None:
        seen = next(coming)
        if isinstance(seen, UnavailableError):
            raise seen
        return seen

    try:
        watch(Watched(look=look, show=shown.append, wait=lambda: None, about="Shop", next_operation=next_operation))
    finally:
        left = list(coming)
    assert left == []
    return shown


def test_watching_ends_with_the_imports() -> None:
    assert watched([RUNNING, RUNNING, DONE]) == [RUNNING, RUNNING, DONE]


def test_a_stack_that_has_ended_is_shown_once() -> None:
    assert watched([DONE]) == [DONE]


def test_the_next_operation_is_waited_for() -> None:
    following = sight("UPDATE_COMPLETE", 2, state=State.IMPORTED)
    assert watched([DONE, DONE, following], next_operation=True) == [None, None, following]
    assert watched([None, RUNNING, DONE], next_operation=True) == [None, RUNNING, DONE]


def test_an_operation_that_goes_on_is_the_next_one() -> None:
    assert watched([RUNNING, DONE], next_operation=True) == [RUNNING, DONE]


def test_a_deletion_before_a_stack_is_made_again_is_not_what_is_waited_for() -> None:
    before, deleting = sight("ROLLBACK_COMPLETE", state=State.FAILED), sight("DELETE_IN_PROGRESS", state=State.FAILED)
    again = sight("CREATE_COMPLETE", 5, state=State.IMPORTED)
    assert watched([before, deleting, None, again], next_operation=True) == [None, None, None, again]


def test_a_stack_that_is_gone_is_watched_no_longer() -> None:
    assert watched([RUNNING, None]) == [RUNNING]


def test_no_answer_now_and_then_is_passed_over() -> None:
    assert watched([RUNNING, NOT_NOW, NOT_NOW, DONE]) == [RUNNING, DONE]


def test_no_answer_for_long_or_at_first_is_a_failure() -> None:
    with pytest.raises(UnavailableError, match="Rate exceeded"):
        watched([RUNNING, *[NOT_NOW] * 5])
    with pytest.raises(UnavailableError, match="Rate exceeded"):
        watched([NOT_NOW])


def test_a_stack_that_is_not_there_is_told() -> None:
    with pytest.raises(CommandError, match=r"Shop: there is no such stack.*--next"):
        watched([None])


@pytest.mark.parametrize("status", ["CREATE_IN_PROGRESS", "UPDATE_COMPLETE"])
def test_a_stack_without_imports_is_told_with_the_stacks_in_it(status: str) -> None:
    nested = ["arn:aws:cloudformation:eu-west-1:1:stack/Shop-Data-1/x"]
    with pytest.raises(CommandError, match=r"Shop: the stack has no dataset import jobs .*names: Shop-Data-1$"):
        watched([sight(status, state=None, nested=nested)])


def test_an_update_may_come_to_have_imports() -> None:
    none_yet = sight("UPDATE_IN_PROGRESS", state=None)
    assert watched([none_yet, RUNNING, DONE]) == [none_yet, RUNNING, DONE]


def test_looks_that_take_many_requests_are_rarer() -> None:
    slept: list[float] = []
    requests = 0
    wait = pause(10, lambda: requests, slept.append)
    for requests in (1, 3, 23):  # noqa: B007 - read by the lambda
        wait()
    assert slept == [10, 10, 40]
