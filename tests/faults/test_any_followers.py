"""Random sequences of updates and faults, after which all rows are in the dataset."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import event
from hypothesis import strategies as st

from personalize_import_handler.contract import JOB_NAME_LENGTH_MAX
from personalize_import_handler.errors import BusyError
from tests.faults.support.pair import Pair, template
from tests.faults.support.sequences import simulate
from tests.handler.support.account import Account, Killed
from tests.handler.support.fakes import JobBehavior

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
TEMPLATES = st.tuples(
    st.sampled_from(LOCATIONS[:2]),
    st.sampled_from([*LOCATIONS[2:4], None]),
    st.sampled_from([*LOCATIONS[4:], None]),
)
# Only a failed job takes no time: of two successful ones, the order would be undefined.
BEHAVIORS = st.one_of(
    st.builds(JobBehavior, seconds=st.sampled_from([1, 50, 300, 700])),
    st.builds(JobBehavior, seconds=st.sampled_from([0, 50, 300, 700]), end=st.just("CREATE FAILED")),
)
FAULTS = st.tuples(st.sampled_from(OPERATIONS), st.sampled_from(ERRORS), st.integers(1, 4), st.booleans())
# The result of an update, and the resource before which another one fails, or during whose import it is cancelled.
Result = tuple[str, str]
RESULTS: Sequence[Result] = [
    ("succeeds", ""),
    ("succeeds", ""),
    *[("fails before", name) for name in (*NAMES, "")],
    *[("is cancelled in", name) for name in NAMES],
]
Step = tuple[Result, tuple[str, str | None, str | None], JobBehavior, list[tuple[str, BaseException, int, bool]], bool]
STEPS = st.lists(
    st.tuples(st.sampled_from(RESULTS), TEMPLATES, BEHAVIORS, st.lists(FAULTS, max_size=3), st.booleans()),
    min_size=1,
    max_size=6,
)
STACK_NAMES = st.sampled_from(["shop", "a-stack-with-a-name-that-is-too-long-for-a-logical-id"])


def run_sequence(steps: Sequence[Step], stack_name: str = "shop") -> int:
    """Simulate a sequence, and return the number of its rollbacks."""
    account = Account()
    pair = Pair(account, names=NAMES, stack_name=stack_name)
    assert pair.deploy(template(LOCATIONS[0], LOCATIONS[2], LOCATIONS[4], names=NAMES))
    for (result, name), locations, job_behavior, faults, lost in steps:
        before = pair.rows
        account.personalize.job_behavior = job_behavior
        for operation, error, times, after_effect in faults:
            account.personalize.fail_next(operation, error, times=times, after_effect=after_effect)
        account.undeliverable = int(lost)
        event(f"{result} {name}")
        changed = template(*locations, names=NAMES)
        # See "Known gaps" of docs/reliability.md.
        if len(stack_name) > JOB_NAME_LENGTH_MAX:
            kept = [
                location if name in pair.template else None for name, location in zip(NAMES, locations, strict=True)
            ]
            changed = template(kept[0] or locations[0], *kept[1:], names=NAMES)
        is_back = bool(set(changed) - set(pair.template))
        unchanged = changed["Full"]["DataLocation"] == pair.template["Full"]["DataLocation"]
        succeeded = pair.deploy(
            changed,
            fails_before=name if result == "fails before" else None,
            interrupted_in=name if result == "is cancelled in" else None,
        )
        rows = pair.rows
        account.clear_faults()
        assert account.abandoned == []
        expected = [each["DataLocation"] for each in changed.values()]
        if not succeeded and unchanged:  # rows of INCREMENTAL imports stay
            assert rows[: len(before)] == before
        elif not succeeded:
            # A cancelled import that was about to start may still start between the imports of the rollback.
            in_order = result != "is cancelled in" and not set(pair.template) - set(changed)
            assert_rows_are_those_of(pair, rows, before, in_order=in_order)
        elif unchanged or is_back:
            assert set(expected) <= set(rows)
        else:
            assert rows == expected
        account.clock.advance(1)
    return pair.rollbacks


def assert_rows_are_those_of(pair: Pair, rows: list[str], before: list[str], *, in_order: bool) -> None:
    """Check that the rows are those of the properties, or also earlier ones, in the earlier order."""
    locations = [each["DataLocation"] for each in pair.template.values()]
    kept = [row for row in before if row in rows]
    if not in_order:
        rows, locations, kept = sorted(rows), sorted(locations), sorted(kept)
    assert rows == locations or (rows == kept and set(locations) <= set(rows)), (
        f"{rows} for {locations}; before: {before}"
    )


def test_all_rows_are_in_the_dataset_after_any_sequence_of_operations_and_faults(
    record_property: Callable[[str, object], None],
) -> None:
    record_property("random sequences with followers", simulate(100, run_sequence, STEPS, STACK_NAMES))


@pytest.mark.nightly
def test_all_rows_are_in_the_dataset_after_hundreds_of_sequences(
    record_property: Callable[[str, object], None],
) -> None:
    record_property("random sequences with followers", simulate(600, run_sequence, STEPS, STACK_NAMES))
