"""One call that has passed the constraints and IAM: what an operation gets."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from personalize_local.personalize.interfaces import Caller, Scope
from personalize_local.personalize.limits import Settings
from personalize_local.personalize.store import Resources, Store


@dataclass(frozen=True)
class Call:
    """The parameters of a call, who makes it, and the state that it is about."""

    parameters: Mapping[str, Any]
    caller: Caller
    store: Store

    @property
    def scope(self) -> Scope:
        """The account and Region that the call goes to."""
        return self.caller.scope

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.store.settings

    @contextmanager
    def resources(self) -> Iterator[tuple[Resources, float]]:
        """Give exclusive access to the scope's resources as they are now, and the service's time."""
        with self.store.opened(self.scope) as opened:
            yield opened


def without_nulls(**members: object) -> dict[str, object]:
    """Return the members that have a value: absent is how the service says null."""
    return {name: value for name, value in members.items() if value is not None}
