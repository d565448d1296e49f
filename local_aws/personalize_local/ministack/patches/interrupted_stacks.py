"""Stacks whose operation was running when the server stopped: the operation has failed.

AWS continues such an operation. ministack can't, and leaves the stack in an `..._IN_PROGRESS` status forever. The
statuses below allow what users do next:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
"""

from typing import Any, Final

from ministack.services import cloudformation

_REASON: Final = "The local AWS was stopped during the operation"
_STATUS: Final = {
    # The CDK CLI deletes a stack with this status and creates it again.
    "CREATE_IN_PROGRESS": "ROLLBACK_FAILED",
    "ROLLBACK_IN_PROGRESS": "ROLLBACK_FAILED",
    # `cdk rollback` settles a stack with this status.
    "UPDATE_IN_PROGRESS": "UPDATE_FAILED",
    "UPDATE_ROLLBACK_IN_PROGRESS": "UPDATE_FAILED",
    # An update has succeeded, except that replaced resources may be left.
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": "UPDATE_ROLLBACK_COMPLETE",
    "DELETE_IN_PROGRESS": "DELETE_FAILED",
}


def end_interrupted_operations() -> None:
    """End the operations that were running when the state was saved, as it is restored."""
    restore = cloudformation.load_persisted_state

    def restore_and_end(state: Any) -> None:  # noqa: ANN401 - ministack's own
        restore(state)
        for stack in cloudformation._stacks.all_values():  # noqa: SLF001
            if stack.get("StackStatus") in _STATUS:
                stack["StackStatus"] = _STATUS[stack["StackStatus"]]
                stack["StackStatusReason"] = _REASON

    cloudformation.load_persisted_state = restore_and_end
