"""Random sequences of deploys, uploads, refreshes and faults, after which the datasets have the right files."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import pytest
from hypothesis import event
from hypothesis import strategies as st

from personalize_import_handler.errors import BusyError
from tests.faults.support.pair import ADDED, FULL, template
from tests.faults.support.refreshed_pair import RefreshedPair, TriggeredAccount
from tests.faults.support.sequences import simulate
from tests.handler.support.account import Killed
from tests.handler.support.fakes import JobBehavior

NAMES: Final = (FULL, ADDED)
LOCATIONS: Final = [f"s3://shop-data/{number}/" for number in range(4)]
OPERATIONS: Final = [
    "describe_dataset_import_job",
    "create_dataset_import_job",
    "list_dataset_import_jobs",
    "dataset_created_at",
    "list_tags",
    "root_of",
    "list_executions",
    "list_objects",
]
THROTTLED: Final = BusyError("any", "ThrottlingException", "Rate exceeded")
LIMITED: Final = BusyError("any", "LimitExceededException", "More than 5 resources with PENDING or IN_PROGRESS status.")
ERRORS: Final[Sequence[BaseException]] = [Killed(), THROTTLED, LIMITED]
BEHAVIORS: Final = st.one_of(
    st.builds(JobBehavior, seconds=st.sampled_from([1, 50, 300, 700])),
    st.builds(JobBehavior, seconds=st.sampled_from([1, 50, 300, 700]), end=st.just("CREATE FAILED")),
)
FAULTS: Final = st.lists(
    st.tuples(st.sampled_from(OPERATIONS), st.sampled_from(ERRORS), st.integers(1, 3), st.booleans()), max_size=2
)
# When an event arrives after the begin of a step, in seconds, for which import, and with which options.
TRIGGER: Final = st.tuples(
    st.integers(0, 900),
    st.sampled_from(NAMES),
    st.fixed_dictionaries({"quiet_seconds": st.sampled_from([0, 0, 60, 400]), "always": st.booleans()}),
)
TRIGGERS: Final = st.lists(TRIGGER, max_size=3)
DEPLOY: Final = st.tuples(
    st.sampled_from(["succeeds", "succeeds", *[f"fails before {name}" for name in (*NAMES, "")], "is cancelled"]),
    st.sampled_from(LOCATIONS[:2]),
    st.sampled_from(LOCATIONS[2:]),
)
CHANGE: Final = st.tuples(st.sampled_from(LOCATIONS), st.sampled_from(["a.csv", "b.csv", "c.csv"]))
STEP: Final = st.tuples(
    st.lists(CHANGE, max_size=2),
    TRIGGERS,
    st.one_of(st.none(), DEPLOY),
    st.sampled_from([False] * 9 + [True]),
    BEHAVIORS,
    FAULTS,
)
BETWEEN_DEPLOYS: Final = 6
"""Seconds. The simulated jobs take as little as a second, and a refresh allows for clocks that differ by five."""
STEPS: Final = st.lists(STEP, min_size=1, max_size=4)
Step = tuple[
    list[tuple[str, str]],
    list[tuple[int, str, dict[str, Any]]],
    tuple[str, str, str] | None,
    bool,
    JobBehavior,
    list[tuple[str, BaseException, int, bool]],
]


def run_sequence(steps: Sequence[Step]) -> int:
    """Simulate a sequence, and return the number of its rollbacks."""
    account = TriggeredAccount()
    pair = RefreshedPair(account, full_locations=LOCATIONS[:2])
    for number, location in enumerate(LOCATIONS):
        account.storage.upload(f"{location}first.csv", f"{number}", account.clock.now)
    account.clock.advance(5)
    assert pair.deploy(of(LOCATIONS[0], LOCATIONS[2]))
    pair.settle()
    for changes, triggers, deploy, is_dataset_created_again, behavior, faults in steps:
        if is_dataset_created_again:
            account.personalize.recreate_dataset()
            account.clock.advance(2)
        for location, name in changes:
            account.storage.upload(f"{location}{name}", f"{account.clock.now}", account.clock.now)
            account.clock.advance(2)
        account.personalize.job_behavior = behavior
        fail(account, faults)
        begin = account.clock.now
        account.events_due = sorted(
            (
                (begin + seconds, pair.event_for(name, requested_at=begin + seconds, **options))
                for seconds, name, options in triggers
            ),
            key=lambda due: due[0],
        )
        if deploy:
            run_deploy(pair, *deploy)
        pair.finish()
        clear_faults(account)
        pair.assert_invariants()
        account.clock.advance(BETWEEN_DEPLOYS)
    account.personalize.job_behavior = JobBehavior()
    assert_refreshed(pair)
    return pair.rollbacks


def of(full: str, added: str) -> dict[str, dict[str, Any]]:
    return template(full, added, Full={"TagFingerprint": True})


def run_deploy(pair: RefreshedPair, result: str, full: str, added: str) -> None:
    event(result)
    pair.deploy(
        of(full, added),
        fails_before=result.removeprefix("fails before ") if result.startswith("fails before") else None,
        interrupted_in=FULL if result == "is cancelled" else None,
    )
    pair.settle()


def fail(account: TriggeredAccount, faults: Sequence[tuple[str, BaseException, int, bool]]) -> None:
    for operation, error, times, after_effect in faults:
        if operation == "root_of":
            account.stacks.errors.extend([error] * times)
        elif operation == "list_executions":
            account.fail_list_executions(*[error] * times)
        elif operation == "list_objects":
            account.storage.fail_next(operation, error, times=times)
        else:
            account.personalize.fail_next(operation, error, times=times, after_effect=after_effect)


def clear_faults(account: TriggeredAccount) -> None:
    account.clear_faults()
    account.personalize.job_behavior = JobBehavior()


def assert_refreshed(pair: RefreshedPair) -> None:
    """Refresh each import, and check that all present files are in the dataset once, and that nothing is left to do."""
    for name in (ADDED, FULL, ADDED):
        execution = pair.refresh(name)
        assert "Refresh" in execution.data, execution.data
        assert_files_are_imported(pair, name)
        pair.account.clock.advance(2)
    assert_files_are_imported(pair, FULL)
    rows = pair.account.personalize.rows()
    assert {row for row in rows if row.startswith(pair.template[FULL]["DataLocation"])} == set(pair.files_at(FULL))
    pair.assert_invariants()
    jobs = [*pair.account.personalize.jobs]
    for name in NAMES:
        assert pair.refresh(name).data["Refresh"]["Outcome"] == "SKIPPED"
        pair.account.clock.advance(2)
    assert [*pair.account.personalize.jobs] == jobs


def assert_files_are_imported(pair: RefreshedPair, name: str) -> None:
    rows = pair.account.personalize.rows()
    missing = [file for file in pair.files_at(name) if file not in rows]
    assert not missing, f"{missing} not in {rows} after a refresh of {name}"


def test_all_files_are_in_the_dataset_after_any_sequence_of_deploys_refreshes_and_faults(
    record_property: Callable[[str, object], None],
) -> None:
    record_property("random sequences with refreshes", simulate(150, run_sequence, STEPS))


@pytest.mark.nightly
def test_all_files_are_in_the_dataset_after_a_thousand_sequences(
    record_property: Callable[[str, object], None],
) -> None:
    record_property("random sequences with refreshes", simulate(1200, run_sequence, STEPS))
