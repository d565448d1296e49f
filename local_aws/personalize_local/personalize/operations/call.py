"""A validated and authorized call of an operation."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from personalize_local.personalize import messages
from personalize_local.personalize.errors import invalid_input
from personalize_local.personalize.interfaces import AccountRegion, Caller, ImportRole, RoleNotAssumableError
from personalize_local.personalize.limits import Settings
from personalize_local.personalize.store import Resources, Store


@dataclass(frozen=True)
class Call:
    """The parameters of a call, its caller, and the state of the service."""

    parameters: Mapping[str, Any]
    caller: Caller
    store: Store

    @property
    def at(self) -> AccountRegion:
        """The account and Region of the call."""
        return self.caller.at

    @property
    def settings(self) -> Settings:
        """The current settings."""
        return self.store.settings

    @contextmanager
    def resources(self) -> Iterator[tuple[Resources, float]]:
        """Lock the resources of the call's account and Region; yield them and the simulated time."""
        with self.store.locked(self.at) as locked:
            yield locked

    def assume(self, role_arn: str, source_arn: str) -> ImportRole:
        """Assume the role of a job; raise InvalidInputException if the role doesn't allow it."""
        try:
            return self.caller.roles.assume(role_arn, self.at.account, source_arn)
        except RoleNotAssumableError as error:
            raise invalid_input(messages.role_not_assumable(role_arn)) from error


Operation = Callable[[Call], Mapping[str, object] | None]


def without_nulls(**members: object) -> dict[str, object]:
    """Return the members that have a value; responses omit the others."""
    return {name: value for name, value in members.items() if value is not None}
