"""The interface through which changes of resources are saved as they happen; `server.state_file` implements it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from personalize_local.personalize.interfaces import AccountRegion

NOT_SAVED: Final[Mapping[str, object]] = {"saved": False}
"""Metadata of a dataclass field that isn't saved, and has its default after a restart."""


@dataclass(frozen=True)
class Change:
    """A changed value in a field of `Resources`: that of an ARN, or of the whole field if `key` is empty."""

    kind: str
    key: str
    before: object
    """The earlier value; None if there was none."""
    after: object
    """The new value; None if there is none any more."""


class Journal(Protocol):
    """Saves changes before they are acknowledged."""

    def save(self, at: AccountRegion, now: float, changes: Sequence[Change]) -> None:
        """Save changes and the simulated time, all or nothing; raise ServiceError if changes can't be saved."""
        ...

    def save_time(self, now: float) -> None:
        """Save the simulated time if possible, so that a status that depends on it is still true after a restart."""
        ...

    def clear(self) -> None:
        """Delete all that was saved of all accounts and Regions; raise ServiceError if that is impossible."""
        ...
