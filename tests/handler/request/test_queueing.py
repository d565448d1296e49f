"""The waits of imports that can't start yet, and their places in the queue."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from personalize_import_handler.request import queueing
from personalize_import_handler.request.execution import Execution, imports_ahead
from personalize_import_handler.request.outcome import Progress
from personalize_import_handler.request.queueing import Delay

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LATER = "e-0f-00000001-0"


def execution(name: str, minutes: float, *, is_running: bool = True) -> Execution:
    return Execution(name, NOON + timedelta(minutes=minutes), is_running)


@pytest.mark.parametrize(
    ("delay", "seconds"),
    [
        (Delay(0), 20),
        (Delay(1000), 200),
        (Delay(0, 4), 20),
        (Delay(1000, 4), 200),
        (Delay(1000, 5), 20),
        (Delay(0, 15), 420),
        (Delay(0, 400), 1800),
        (Delay(100_000), 1800),
        (queueing.delay_by_job(0), 240),
        (queueing.delay_by_job(200), 40),
        (queueing.delay_by_job(500), 100),
        (queueing.delay_by_job(3 * 3600), 120),
    ],
)
def test_a_wait_depends_on_the_place_or_on_what_is_waited_for(delay: Delay, seconds: int) -> None:
    assert queueing.seconds_until_retry(delay, lambda: 0.5) == seconds


def test_waits_differ_by_up_to_a_quarter_so_that_imports_do_not_stay_together() -> None:
    waits = {queueing.seconds_until_retry(Delay(0, 15)) for _ in range(1000)}

    assert min(waits) >= 315
    assert max(waits) <= 525
    assert len(waits) > 50


@pytest.mark.parametrize(("ahead", "seconds"), [(5, 10), (100, 200), (5000, 1800)])
def test_the_first_calls_of_imports_that_begin_together_are_two_seconds_apart(ahead: int, seconds: int) -> None:
    assert queueing.seconds_until_first_call(ahead, lambda: 0.5) == seconds


def test_only_an_import_with_fewer_than_five_ahead_requests_its_job() -> None:
    assert [queueing.may_request(Delay(0, ahead)) for ahead in (None, 0, 4, 5, 400)] == [True, True, True, False, False]


def test_an_import_that_stays_in_its_place_requests_its_job_after_a_quarter_of_an_hour() -> None:
    assert not queueing.may_request(Delay(899, 12))
    assert queueing.may_request(Delay(900, 12))


@pytest.mark.parametrize("job_seconds", [1, 241, 630, 3600, 3 * 3600])
def test_the_end_of_a_job_of_any_length_is_noticed_in_a_bounded_time(job_seconds: float) -> None:
    age = 0.0
    while age < job_seconds:
        age += queueing.seconds_until_retry(queueing.delay_by_job(age), lambda: 1.0)

    assert age - job_seconds <= max(300, 150)


@pytest.mark.parametrize(
    ("other", "ahead"),
    [
        (execution("a-0a-0000000a-0", -1), 1),
        (execution("a-0a-0000000a-0-1700000000", -1), 1),
        (execution("a-0a-0000000a-0", 1), 0),
        (execution("a-0a-0000000a-55", 54), 1),
        (execution("a-0a-0000000a-55", 56), 0),
        (execution("a-0a-0000000a-0", -1, is_running=False), 0),
        (execution("a-0a-00000001-0", -1), 0),
        (execution("a-0a", -1), 0),
        (execution("a-0a-1700000000", -1), 0),
        (execution("a-refresh-0-1700000000", -1), 0),
    ],
)
def test_imports_are_ahead_that_arrived_earlier_and_have_not_ended(other: Execution, ahead: int) -> None:
    assert imports_ahead(LATER, [other, execution(LATER, 0)]) == ahead


def test_imports_of_one_dataset_count_once() -> None:
    others = [execution(f"{resource}-0a-0000000a-0", -1) for resource in "abc"]

    assert imports_ahead(LATER, [*others, execution(LATER, 0)]) == 1


@pytest.mark.parametrize("later", ["a-0b", "a-0b-0000000a-0"])
def test_a_superseded_import_is_not_ahead(later: str) -> None:
    executions = [execution("a-0a-0000000a-0", -2), execution(later, 1), execution(LATER, 0)]

    assert imports_ahead(LATER, executions) == 0


def test_all_imports_are_ahead_of_one_that_is_not_listed_yet() -> None:
    others = [execution("a-0a-0000000a-0", -1), execution("b-0a-0000000b-0", 1), execution("c-0a-00000001-0", -1)]

    assert imports_ahead(LATER, others) == 2


def test_a_refresh_has_no_place() -> None:
    assert imports_ahead("a-refresh-0-1700000000", [execution("a-refresh-0-1700000000", -1)]) is None


def test_an_import_has_its_place_since_it_last_changed_in_either_direction() -> None:
    progress = Progress().at_place(9, 100)

    assert progress.moved_at == 100
    assert progress.at_place(9, 200).moved_at == progress.at_place(None, 200).moved_at == 100
    assert progress.at_place(8, 200).moved_at == progress.at_place(10, 200).moved_at == 200


def test_only_progress_that_differs_from_the_default_is_recorded() -> None:
    assert Progress(imports_ahead=7, polls=0).to_data() == {"imports_ahead": 7}
    recorded: dict[str, Any] = Progress(attempt=2, prepared=True).to_data()
    assert Progress(**recorded) == Progress(attempt=2, prepared=True)
