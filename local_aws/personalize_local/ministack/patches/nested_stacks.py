"""The parents of nested stacks in DescribeStacks, which ministack omits."""

from collections.abc import Mapping
from typing import Any, Final

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers

_ACTION: Final = "DescribeStacks"


def add_parents_of_nested_stacks() -> None:
    """Add ParentId and RootId to the descriptions of nested stacks.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Stack.html
    """
    describe = handlers._ACTION_HANDLERS[_ACTION]  # noqa: SLF001

    def describe_stacks(params: Mapping[str, Any]) -> tuple[int, dict[str, str], bytes]:
        status, headers, body = describe(params)
        text = body.decode()
        for stack_id, parents in _parents().items():
            mark = f"<StackId>{stack_id}</StackId>"
            members = f"<ParentId>{parents[0]}</ParentId><RootId>{parents[-1]}</RootId>"
            text = text.replace(mark, f"{mark}{members}")
        return status, headers, text.encode()

    handlers._ACTION_HANDLERS[_ACTION] = describe_stacks  # noqa: SLF001


def _parents() -> dict[str, list[str]]:
    """Return the ids of each nested stack's ancestors, its parent first."""
    direct = {
        stack["StackId"]: stack["ParentId"]
        for stack in cloudformation._stacks.values()  # noqa: SLF001
        if stack.get("ParentId")
    }
    found: dict[str, list[str]] = {}
    for stack_id, parent_id in direct.items():
        found[stack_id] = [parent_id]
        while found[stack_id][-1] in direct:
            found[stack_id].append(direct[found[stack_id][-1]])
    return found
