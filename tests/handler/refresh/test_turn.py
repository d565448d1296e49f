"""The turns of several refreshes of a resource: import, wait, or end because a later one follows."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalize_import_handler.refresh.turn import Turn, turn_of
from personalize_import_handler.request.execution import Execution, resource_hash
from personalize_import_handler.request.refresh_request import refresh_execution_name, window_of
from tests.handler.support.fakes_stacks import stack_id_of

T = 1_700_000_047  # in the middle of a window of 15 seconds
SEEN_AT = datetime.fromtimestamp(T, UTC)
EARLIER = SEEN_AT - timedelta(seconds=1)


def name(requested_at: float, quiet: int = 0, *, always: bool = False) -> str:
    return refresh_execution_name(stack_id_of("shop"), "Import", window_of(requested_at, quiet), always=always)


def running(name: str, started_at: datetime = SEEN_AT) -> Execution:
    return Execution(name, started_at, is_running=True)


def ended(name: str) -> Execution:
    return Execution(name, SEEN_AT, is_running=False)


REQUEST = running(f"{resource_hash(stack_id_of('shop'), 'Import')}-{'0' * 32}-{T - 5}")


@pytest.mark.parametrize(
    ("own", "others", "turn"),
    [
        pytest.param(name(T), [], Turn.GO, id="alone"),
        pytest.param(name(T), [running(name(T))], Turn.GO, id="itself"),
        pytest.param(name(T), [REQUEST], Turn.GO, id="a request of CloudFormation"),
        pytest.param(name(T), [running(name(T + 1))], Turn.GO, id="a later one of the trigger"),
        pytest.param(name(T), [ended(name(T + 1))], Turn.GO, id="a later one that was left to another one"),
        pytest.param(name(T), [running(name(T + 1), EARLIER)], Turn.LATER, id="a later one that was delivered earlier"),
        pytest.param(name(T, 60), [running(name(T + 60, 60))], Turn.LATER, id="another quiet period of the trigger"),
        pytest.param(name(T, 60), [ended(name(T + 60, 60))], Turn.LATER, id="a later one that has ended"),
        pytest.param(name(T), [running(name(T - 1))], Turn.WAIT, id="an earlier one of the trigger"),
        pytest.param(name(T), [ended(name(T - 1))], Turn.GO, id="an earlier one that has ended"),
        pytest.param(name(T), [running(name(T, 60))], Turn.GO, id="another trigger in its quiet period"),
        pytest.param(name(T, 60), [running(name(T))], Turn.WAIT, id="another trigger that was due earlier"),
        pytest.param(name(T, 60), [running(name(T + 600))], Turn.GO, id="another trigger that is due later"),
        pytest.param(name(T), [running(name(T + 1, always=True))], Turn.GO, id="the same time with always"),
        pytest.param(name(T), [running(name(T - 9)), running(name(T + 1))], Turn.LATER, id="earlier and later"),
    ],
)
def test_the_turn_of_a_refresh(own: str, others: list[Execution], turn: Turn) -> None:
    assert turn_of(own, [running(own), *others]) is turn
    assert turn_of(own, [*others, running(own)]) is turn


TRIGGERS = [(0, False), (0, True), (10, False), (60, False), (21_600, False)]
NAMES = st.builds(
    lambda offset, trigger: name(T + offset, trigger[0], always=trigger[1]),
    st.integers(0, 100_000),
    st.sampled_from(TRIGGERS),
)


@given(st.lists(NAMES, min_size=1, max_size=8, unique=True))
def test_exactly_one_of_all_refreshes_may_import(names: list[str]) -> None:
    executions = [running(each) for each in names]
    turns = [turn_of(each, executions) for each in names]
    waiting = [each for each, turn in zip(names, turns, strict=True) if turn is not Turn.LATER]

    assert turns.count(Turn.LATER) < len(names)
    # Those that aren't needed end, and then the first of the others imports.
    assert [turn_of(each, [running(other) for other in waiting]) for each in waiting].count(Turn.GO) == 1


def test_two_triggers_never_wait_for_each_other() -> None:
    for (quiet, always), (other_quiet, other_always), offset in product(TRIGGERS, TRIGGERS, range(-90, 90, 7)):
        one, other = name(T, quiet, always=always), name(T + offset, other_quiet, always=other_always)
        executions = [running(one), running(other)]
        assert [turn_of(one, executions), turn_of(other, executions)] != [Turn.WAIT, Turn.WAIT]
        assert [turn_of(one, executions), turn_of(other, executions)] != [Turn.LATER, Turn.LATER]


def test_a_refresh_that_is_not_listed_yet_is_the_latest_one_that_was_delivered() -> None:
    assert turn_of(name(T), [running(name(T + 1))]) is Turn.LATER
    assert turn_of(name(T), []) is Turn.GO


def test_the_name_of_a_request_has_no_turn() -> None:
    with pytest.raises(ValueError, match="is not the name of a refresh"):
        turn_of(REQUEST.name, [])
