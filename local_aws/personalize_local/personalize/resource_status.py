"""The status of a resource, computed from the times of its creation and deletion; there is no timer."""

from dataclasses import dataclass, replace
from typing import Final

ACTIVE: Final = "ACTIVE"
CREATE_PENDING: Final = "CREATE PENDING"
CREATE_IN_PROGRESS: Final = "CREATE IN_PROGRESS"
CREATE_FAILED: Final = "CREATE FAILED"
DELETE_PENDING: Final = "DELETE PENDING"
DELETE_IN_PROGRESS: Final = "DELETE IN_PROGRESS"

# The real service's proportions are unknown; equal shares for PENDING and IN_PROGRESS are an assumption.
_PENDING_SHARE: Final = 0.5


@dataclass(frozen=True)
class Lifecycle:
    """The times of a dataset group, dataset or solution, by the simulated clock."""

    created_at: float
    active_at: float
    deletion_requested_at: float | None = None
    gone_at: float | None = None

    def status(self, now: float) -> str:
        """Return the status at `now`."""
        if self.deletion_requested_at is not None and self.gone_at is not None:
            middle = _middle(self.deletion_requested_at, self.gone_at)
            return DELETE_PENDING if now < middle else DELETE_IN_PROGRESS
        if now >= self.active_at:
            return ACTIVE
        return CREATE_PENDING if now < _middle(self.created_at, self.active_at) else CREATE_IN_PROGRESS

    def last_updated_at(self, now: float) -> float:
        """Return the time of the latest status change up to `now`."""
        if self.deletion_requested_at is not None and self.gone_at is not None:
            changes = [self.deletion_requested_at, _middle(self.deletion_requested_at, self.gone_at)]
        else:
            changes = [self.created_at, _middle(self.created_at, self.active_at), self.active_at]
        return max((change for change in changes if change <= now), default=self.created_at)

    def is_gone(self, now: float) -> bool:
        """Return whether the deletion has ended."""
        return self.gone_at is not None and now >= self.gone_at

    def deleting(self, now: float, seconds: float) -> "Lifecycle":
        """Return the times of a resource whose deletion starts at `now` and takes `seconds`."""
        return replace(self, deletion_requested_at=now, gone_at=now + seconds)


def starting(now: float, seconds: float) -> Lifecycle:
    """Return the times of a resource that is created at `now` and ACTIVE after `seconds`."""
    return Lifecycle(created_at=now, active_at=now + seconds)


def _middle(start: float, end: float) -> float:
    return start + (end - start) * _PENDING_SHARE
