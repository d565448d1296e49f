"""The status of a resource, computed from the planned times of its changes; there is no timer."""

from dataclasses import dataclass, replace
from typing import Final

ACTIVE: Final = "ACTIVE"
INACTIVE: Final = "INACTIVE"
CREATE_PENDING: Final = "CREATE PENDING"
CREATE_IN_PROGRESS: Final = "CREATE IN_PROGRESS"
CREATE_FAILED: Final = "CREATE FAILED"
CREATE_STOPPED: Final = "CREATE STOPPED"
DELETE_PENDING: Final = "DELETE PENDING"
DELETE_IN_PROGRESS: Final = "DELETE IN_PROGRESS"

CREATION: Final = (CREATE_PENDING, CREATE_IN_PROGRESS, ACTIVE)
UPDATE: Final = ("UPDATE PENDING", "UPDATE IN_PROGRESS", ACTIVE)


@dataclass(frozen=True)
class StatusChange:
    """A status, and the simulated time of the change."""

    status: str
    at: float


@dataclass(frozen=True)
class Lifecycle:
    """The past and planned statuses of a resource, by the simulated clock."""

    changes: tuple[StatusChange, ...]
    gone_at: float | None = None

    @property
    def created_at(self) -> float:
        """The creation time."""
        return self.changes[0].at

    def status(self, now: float) -> str:
        """Return the status at `now`."""
        return self._latest(now).status

    def last_updated_at(self, now: float) -> float:
        """Return the time of the latest status change up to `now`."""
        return self._latest(now).at

    def is_gone(self, now: float) -> bool:
        """Return whether the deletion has ended."""
        return self.gone_at is not None and now >= self.gone_at

    def then(self, now: float, seconds: float, statuses: tuple[str, ...]) -> "Lifecycle":
        """Return the lifecycle with the next statuses in place of the planned ones.

        Args:
            now: The time of the first status.
            seconds: The time until the last status.
            statuses: The statuses, at equal intervals: the real service's proportions are unknown.
        """
        past = tuple(change for change in self.changes if change.at <= now)
        return replace(self, changes=past + _changes(now, seconds, statuses))

    def deleting(self, now: float, seconds: float) -> "Lifecycle":
        """Return the lifecycle of a resource whose deletion starts at `now` and takes `seconds`."""
        deletion = self.then(now, seconds / 2, (DELETE_PENDING, DELETE_IN_PROGRESS))
        return replace(deletion, gone_at=now + seconds)

    def _latest(self, now: float) -> StatusChange:
        past = [change for change in self.changes if change.at <= now]
        return past[-1] if past else self.changes[0]


def starting(now: float, seconds: float, statuses: tuple[str, ...] = CREATION) -> Lifecycle:
    """Return the lifecycle of a resource that is created at `now` and has its last status after `seconds`."""
    return Lifecycle(_changes(now, seconds, statuses))


def _changes(now: float, seconds: float, statuses: tuple[str, ...]) -> tuple[StatusChange, ...]:
    step = seconds / max(1, len(statuses) - 1)
    return tuple(StatusChange(status, now + number * step) for number, status in enumerate(statuses))
