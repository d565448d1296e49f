"""Whatever fails in whatever order: the rows of a FULL import and of those after it are there after each rollback."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import event
from hypothesis import strategies as st

from personalize_import_handler.contract import JOB_NAME_LENGTH_MAX
from personalize_import_handler.errors import BusyError
from tests.faults.support.pair import Pair, template
from tests.faults.support.sequences import simulate
from tests.handler.support.account import Account, Killed
from tests.handler.support.fakes import Course

NAMES = ("Full", "Added", "More")
OPERATIONS = [
    "describe_dataset_import_job",
    "create_dataset_import_job",
    "list_dataset_import_jobs",
    "dataset_created_at",
    "list_tags",
]
ERRORS: Sequence[BaseException] = [
    Killed(),
    BusyError("any", "ThrottlingException", "Rate exceeded"),
    BusyError("any", "LimitExceededException", "More than 5 resources with PENDING or IN_PROGRESS status."),
]
LOCATIONS = [f"s3://shop-data/{number}/" for number in range(6)]
WANTED = st.tuples(
    st.sampled_from(LOCATIONS[:2]),
    st.sampled_from([*LOCATIONS[2:4], None]),
    st.sampled_from([*LOCATIONS[4:], None]),
)
# Only a failure takes no time: of two imports that do, nobody could know which came first.
COURSES = st.one_of(
    st.builds(Course, seconds=st.sampled_from([1, 50, 300, 700])),
    st.builds(Course, seconds=st.sampled_from([0, 50, 300, 700]), end=st.just("CREATE FAILED")),
)
FAULTS = st.tuples(st.sampled_from(OPERATIONS), st.sampled_from(ERRORS), st.integers(1, 4), st.booleans())
# Which resource another one fails before, or whose import is cancelled, if any.
Turn = tuple[str, str]
TURNS: Sequence[Turn] = [
    ("succeeds", ""),
    ("succeeds", ""),
    *[("fails before", name) for name in (*NAMES, "")],
    *[("is cancelled in", name) for name in NAMES],
]
Step = tuple[Turn, tuple[str, str | None, str | None], Course, list[tuple[str, BaseException, int, bool]], bool]
STEPS = st.lists(
    st.tuples(st.sampled_from(TURNS), WANTED, COURSES, st.lists(FAULTS, max_size=3), st.booleans()),
    min_size=1,
    max_size=6,
)
STACK_NAMES = st.sampled_from(["shop", "a-stack-with-a-name-that-leaves-no-room-for-a-logical-id"])


def play(steps: Sequence[Step], stack_name: str = "shop") -> int:
    """Play a sequence, and return how many rollbacks were in it."""
    account = Account()
    pair = Pair(account, names=NAMES, stack_name=stack_name)
    assert pair.deploy(template(LOCATIONS[0], LOCATIONS[2], LOCATIONS[4], names=NAMES))
    for (turn, name), wanted, course, faults, lost in steps:
        before = pair.rows
        account.personalize.course = course
        for operation, error, times, after_effect in faults:
            account.personalize.fail_next(operation, error, times=times, after_effect=after_effect)
        account.undeliverable = int(lost)
        event(f"{turn} {name}")
        changed = template(*wanted, names=NAMES)
        # See "Known gaps" of docs/reliability.md.
        if len(stack_name) > JOB_NAME_LENGTH_MAX:
            kept = [location if name in pair.template else None for name, location in zip(NAMES, wanted, strict=True)]
            changed = template(kept[0] or wanted[0], *kept[1:], names=NAMES)
        is_back = bool(set(changed) - set(pair.template))
        unchanged = changed["Full"]["DataLocation"] == pair.template["Full"]["DataLocation"]
        succeeded = pair.deploy(
            changed,
            fails_before=name if turn == "fails before" else None,
            interrupted_in=name if turn == "is cancelled in" else None,
        )
        rows = pair.rows
        account.heal()
        assert account.abandoned == []
        expected = [each["DataLocation"] for each in changed.values()]
        if not succeeded and unchanged:  # nothing takes away what an INCREMENTAL import has added
            assert rows[: len(before)] == before
        elif not succeeded:
            # An import that was about to start when it was cancelled may still do so between those of the rollback.
            in_order = turn != "is cancelled in" and not set(pair.template) - set(changed)
            assert_rows_are_those_of(pair, rows, before, in_order=in_order)
        elif unchanged or is_back:
            assert set(expected) <= set(rows)
        else:
            assert rows == expected
        account.clock.advance(1)
    return pair.rollbacks


def assert_rows_are_those_of(pair: Pair, rows: list[str], before: list[str], *, in_order: bool) -> None:
    """The properties' own rows, and of others at most those that were there before, in the order of before."""
    wanted = [each["DataLocation"] for each in pair.template.values()]
    kept = [row for row in before if row in rows]
    if not in_order:
        rows, wanted, kept = sorted(rows), sorted(wanted), sorted(kept)
    assert rows == wanted or (rows == kept and set(wanted) <= set(rows)), f"{rows} for {wanted}; before: {before}"


def test_the_rows_are_there_after_any_sequence_of_turns_and_faults(
    record_property: Callable[[str, object], None],
) -> None:
    record_property("random sequences with followers", simulate(100, play, STEPS, STACK_NAMES))


@pytest.mark.nightly
def test_the_rows_are_there_after_hundreds_of_sequences(record_property: Callable[[str, object], None]) -> None:
    record_property("random sequences with followers", simulate(600, play, STEPS, STACK_NAMES))
