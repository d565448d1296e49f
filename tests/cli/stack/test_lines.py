"""What is told of an import in a line, and when."""

import json
from dataclasses import replace

import pytest

from personalize_import_cli.stack.lines import Changes, plain_line
from personalize_import_cli.stack.sight import Queue, Seen, Sight, State
from personalize_import_cli.stack.words import duration
from tests.cli.stack.scenes import job

RUNNING = Seen(
    name="Import", logical_id="Import1", state=State.RUNNING, job=job("shop-1"), elapsed_seconds=65, usual_seconds=245
)
NONE = Seen(name="Import", logical_id="Import1", state=State.STARTING, elapsed_seconds=3)


@pytest.mark.parametrize(
    ("seen", "line"),
    [
        (RUNNING, "Import: CREATE IN_PROGRESS, 1 min 05 s, usually 4 min 05 s, shop-1"),
        (replace(RUNNING, usual_seconds=None), "Import: CREATE IN_PROGRESS, 1 min 05 s, shop-1"),
        (
            replace(RUNNING, rolls_back=True),
            "Import (rollback): CREATE IN_PROGRESS, 1 min 05 s, usually 4 min 05 s, shop-1",
        ),
        (replace(RUNNING, state=State.IMPORTED, job=job("shop-1", "ACTIVE")), "Import: ACTIVE, 1 min 05 s, shop-1"),
        (NONE, "Import: starting, 3 s, CloudFormation has asked for it, there is no job yet"),
        (
            replace(NONE, state=State.WAITING, queue=Queue(jobs_running=5, position=2, waiting=3)),
            "Import: waiting, 3 s, waits for room: 5 of 5 jobs run in the account, number 2 of 3 of this stack",
        ),
        (
            replace(NONE, state=State.WAITING, queue=Queue(dataset_in_use_by="other")),
            "Import: waiting, 3 s, waits for other, which imports into the same dataset",
        ),
        (
            replace(RUNNING, state=State.FAILED, job=job("shop-1", "CREATE FAILED"), reason="Too\x1b[2Jfew."),
            "Import: failed (CREATE FAILED), 1 min 05 s, Too\\x1b[2Jfew.",
        ),
        (
            Seen(name="Import", logical_id="Import1", state=State.NOT_ASKED_FOR),
            "Import: not asked for, CloudFormation has not come to it yet",
        ),
    ],
    ids=lambda each: "" if isinstance(each, str) else each.state,
)
def test_an_import_in_a_line(seen: Seen, line: str) -> None:
    assert plain_line(seen) == line


def test_a_line_is_written_when_something_has_changed_and_not_as_time_passes() -> None:
    changes = Changes(lambda: 0, as_json=False, stack="Shop")
    first = changes.of(sight("CREATE_IN_PROGRESS", RUNNING))
    assert first.splitlines() == [
        "1970-01-01T00:00:00Z Shop: CREATE_IN_PROGRESS",
        f"1970-01-01T00:00:00Z Shop: {plain_line(RUNNING)}",
    ]
    later = replace(RUNNING, elapsed_seconds=130)
    assert changes.of(sight("CREATE_IN_PROGRESS", later)) == ""
    assert changes.of(sight("CREATE_COMPLETE", later)) == "1970-01-01T00:00:00Z Shop: CREATE_COMPLETE\n"
    ended = replace(later, state=State.IMPORTED, job=job("shop-1", "ACTIVE"))
    assert changes.of(sight("CREATE_COMPLETE", ended)) == f"1970-01-01T00:00:00Z Shop: {plain_line(ended)}\n"


def test_that_the_next_operation_is_waited_for_is_told_once() -> None:
    changes = Changes(lambda: 0, as_json=True, stack="Shop")
    told = json.loads(changes.of(None))
    assert told == {"version": 1, "time": "1970-01-01T00:00:00Z", "stack": "Shop", "waiting_for_operation": True}
    assert changes.of(None) == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (605, "10 min 05 s"),
        (3600, "1 h 00 min"),
        (90061, "25 h 01 min"),
    ],
)
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def sight(status: str, *imports: Seen) -> Sight:
    return Sight(stack_name="Shop", stack_id="id", stack_status=status, begun_at=1, imports=imports)
