"""A look at a stack as lines of text: what is told of an import, and what has changed since the look before."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from personalize_import_cli.errors import LINE_LENGTH_MAX, shortened
from personalize_import_cli.stack.jobs import JOBS_AT_ONCE
from personalize_import_cli.stack.sight import Queue, Seen, Sight, State
from personalize_import_cli.stack.words import duration, moment
from personalize_import_handler.contract.printable import printable

FORMAT_VERSION: Final = 1


def status_of(seen: Seen) -> str:
    """Say how an import stands: in the service's words where there is a job, unless there is more to say."""
    if seen.job and seen.state in (State.RUNNING, State.IMPORTED):
        return seen.job.status
    if seen.job and seen.state in (State.UNCHANGED, State.FAILED) and seen.job.status != seen.state:
        return f"{seen.state} ({seen.job.status})"
    return seen.state


def note_of(seen: Seen) -> str:
    """Say what else there is to know."""
    if seen.reason:
        return seen.reason
    if seen.queue:
        return _waits(seen.queue)
    notes: dict[State, str] = {
        State.NOT_ASKED_FOR: "CloudFormation has not come to it yet",
        State.STARTING: "CloudFormation has asked for it, there is no job yet",
        State.UNCHANGED: "nothing to import: what is asked for was imported before",
    }
    return notes.get(seen.state, "") or (seen.job.name if seen.job else "")


def usual_of(seen: Seen) -> str:
    """Say how long such jobs have taken, if there were any."""
    return "" if seen.usual_seconds is None else duration(seen.usual_seconds)


def name_of(seen: Seen) -> str:
    """Name an import, and what it is for where that is to undo a failure."""
    return f"{seen.name} (rollback)" if seen.rolls_back else seen.name


def plain_line(seen: Seen) -> str:
    """Write an import in one line."""
    times = []
    if seen.elapsed_seconds is not None and seen.state is not State.NOT_ASKED_FOR:
        times.append(duration(seen.elapsed_seconds))
    if seen.state in (State.RUNNING, State.STARTING, State.WAITING) and seen.usual_seconds is not None:
        times.append(f"usually {usual_of(seen)}")
    told = [f"{name_of(seen)}: {status_of(seen)}", *times, note_of(seen)]
    return shortened(", ".join(part for part in told if part), LINE_LENGTH_MAX)


class Changes:
    """Writes what has changed since the look before, by default all: a line for each import, and for the stack."""

    def __init__(self, now: Callable[[], float], *, as_json: bool, stack: str) -> None:
        self._now = now
        self._as_json = as_json
        self._stack = stack
        self._known: dict[object, object] = {}

    def of(self, sight: Sight | None) -> str:
        """Give the lines."""
        return "".join(f"{line}\n" for line in self._lines(sight))

    def _lines(self, sight: Sight | None) -> Iterator[str]:
        if sight is None:
            if self._is_new("", "waits"):
                yield self._line({"waiting_for_operation": True}, "waiting for the next operation to begin")
            return
        changed: Sequence[Seen] = [seen for seen in sight.imports if self._is_new(_key(seen), _told(seen))]
        if self._is_new("stack", sight.stack_status):
            yield self._line({"stack_status": sight.stack_status}, sight.stack_status)
        for seen in changed:
            yield self._line({"stack_status": sight.stack_status, **json_of(seen)}, plain_line(seen))

    def _is_new(self, key: object, told: object) -> bool:
        is_new = self._known.get(key) != told
        self._known[key] = told
        return is_new

    def _line(self, fields: dict[str, object], text: str) -> str:
        now = moment(self._now())
        if self._as_json:
            return json.dumps({"version": FORMAT_VERSION, "time": now, "stack": self._stack, **fields})
        return printable(f"{now} {self._stack}: {text}")


def json_of(seen: Seen) -> dict[str, object]:
    """Write an import as fields; docs/watch.md describes them."""
    job, queue = seen.job, seen.queue
    return {
        "import": seen.name,
        "logical_id": seen.logical_id,
        "rollback": seen.rolls_back,
        "state": seen.state,
        "status": job.status if job else None,
        "dataset_import_job_arn": job.arn if job else None,
        "dataset_arn": seen.dataset_arn,
        "data_location": seen.data_location,
        "elapsed_seconds": _rounded(seen.elapsed_seconds),
        "usual_seconds": _rounded(seen.usual_seconds),
        "dataset_in_use_by": queue.dataset_in_use_by if queue else None,
        "jobs_running": queue.jobs_running if queue else None,
        "position": queue.position if queue else None,
        "waiting": queue.waiting if queue else None,
        "reason": seen.reason or None,
    }


def _waits(queue: Queue) -> str:
    if queue.dataset_in_use_by:
        return f"waits for {queue.dataset_in_use_by}, which imports into the same dataset"
    turn = f", number {queue.position} of {queue.waiting} of this stack" if (queue.waiting or 0) > 1 else ""
    return f"waits for room: {queue.jobs_running} of {JOBS_AT_ONCE} jobs run in the account{turn}"


def _key(seen: Seen) -> object:
    return seen.logical_id, seen.rolls_back


def _told(seen: Seen) -> object:
    """Pick what makes a line worth writing again: not the time that passes, nor what is added to a known reason."""
    return seen.state, seen.job and (seen.job.arn, seen.job.status), seen.queue


def _rounded(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds)
