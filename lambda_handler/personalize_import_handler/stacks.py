"""AWS CloudFormation as the handler uses it: the one call it makes, as a protocol, and what that returns."""

from typing import NamedTuple, Protocol


class RootStack(NamedTuple):
    """The stack that a stack is nested in, or the stack itself if it is nested in none."""

    name: str
    status: str

    @property
    def is_rolling_back(self) -> bool:
        """Return whether the stack undoes a deployment that failed.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
        """
        return "ROLLBACK" in self.status


class Stacks(Protocol):
    """The call that the handler makes."""

    def root_of(self, stack_id: str) -> RootStack:
        """Return the root stack of a stack; raise `Busy` or `Refused`."""
        ...
