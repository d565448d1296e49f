"""The AWS CloudFormation call of the handler, as a protocol, and the type that it returns."""

from typing import Final, NamedTuple, Protocol

_SETTLED: Final = frozenset({
    *("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"),
    *("IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE"),
})  # fmt: skip


class RootStack(NamedTuple):
    """The root stack of a nested stack, or the stack itself if it is not nested."""

    name: str
    status: str

    @property
    def is_removing_resources(self) -> bool:
        """Return whether the stack is being deleted, or removes resources after a successful update.

        In any other status, a Delete belongs to a failed deployment. With rollback disabled, the next deployment
        deletes the resources that could not be created:
        https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
        """
        return self.status in {"DELETE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"}

    @property
    def is_settled(self) -> bool:
        """Return whether the last operation of the stack has succeeded, or was undone, and no other one is running.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
        """
        return self.status in _SETTLED


class Stacks(Protocol):
    """The CloudFormation call that the handler makes."""

    def root_of(self, stack_id: str) -> RootStack:
        """Return the root stack of a stack; raise `BusyError` or `RefusedError`."""
        ...
