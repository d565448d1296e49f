"""AWS CloudFormation as the handler uses it: the one call it makes, as a protocol, and what that returns."""

from typing import NamedTuple, Protocol


class RootStack(NamedTuple):
    """The stack that a stack is nested in, or the stack itself if it is nested in none."""

    name: str
    status: str

    @property
    def is_removing_resources(self) -> bool:
        """Return whether the stack is deleted, or removes resources after an update that succeeded.

        In any other status, a Delete belongs to a deployment that failed. With rollback disabled, the next one deletes
        what could not be created:
        https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
        """
        return self.status in {"DELETE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"}


class Stacks(Protocol):
    """The call that the handler makes."""

    def root_of(self, stack_id: str) -> RootStack:
        """Return the root stack of a stack; raise `BusyError` or `RefusedError`."""
        ...
