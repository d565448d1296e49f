"""AWS CloudFormation in memory, as far as the handler asks it: which stacks there are, and what happens to them."""

from dataclasses import dataclass, field
from uuid import NAMESPACE_URL, uuid5

from personalize_import_handler.aws.stacks import RootStack
from personalize_import_handler.errors import RefusedError
from tests.handler.support.fakes import ACCOUNT, REGION


def stack_id_of(name: str, generation: int = 1) -> str:
    uuid = uuid5(NAMESPACE_URL, f"{name} {generation}")
    return f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{name}/{uuid}"


def folder_of(name: str, generation: int = 1) -> str:
    return stack_id_of(name, generation).rpartition("/")[2]


@dataclass
class FakeStacks:
    """The protocol of `stacks.py`; `calls` is the record of what was asked."""

    statuses: dict[str, str] = field(default_factory=dict)
    """By stack id."""
    roots: dict[str, str] = field(default_factory=dict)
    """The ids of the root stacks of nested stacks, by the ids of these."""
    calls: list[str] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)
    """The errors of the next calls."""

    def root_of(self, stack_id: str) -> RootStack:
        self.calls.append(stack_id)
        if self.errors:
            raise self.errors.pop(0)
        root_id = self.roots.get(stack_id, stack_id)
        if root_id not in self.statuses:
            raise RefusedError("DescribeStacks", "ValidationError", f"Stack with id {root_id} does not exist")
        return RootStack(root_id.split("/")[1], self.statuses[root_id])
