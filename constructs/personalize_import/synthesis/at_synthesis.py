"""Tasks that run whenever the template of a stack is written.

By then all aspects have run, and the CDK has resolved the references between stacks. A validation runs late enough, but
an app may skip validations (`skip_validation`), and they must have no side effects. An aspect runs too early, and once
for each construct of the stack. So a lazy value in the metadata of one resource runs the tasks. It is omitted from the
template.
"""

from collections.abc import Callable
from typing import Final

import aws_cdk as cdk
import jsii
from constructs import IConstruct

from personalize_import.synthesis.stack_environment import once_per_stack

_METADATA_KEY: Final = "personalize-import"
Task = Callable[[], None]


@jsii.implements(cdk.IAnyProducer)
class _Tasks:
    """The tasks of a stack."""

    def __init__(self) -> None:
        self.tasks: list[Task] = []
        self.has_host = False

    def produce(self, context: cdk.IResolveContext) -> None:
        """Run the tasks, unless the CDK is only collecting references. Return nothing for the template."""
        if not context.preparing:
            for task in self.tasks:
                task()


@once_per_stack
def _tasks_of(_stack: cdk.Stack) -> _Tasks:
    return _Tasks()


def at_synthesis(scope: IConstruct, task: Task) -> None:
    """Run a task whenever the template of the stack of `scope` is written, which may be several times."""
    _tasks_of(scope).tasks.append(task)


def attach_tasks_to(scope: IConstruct, resource: cdk.CfnResource) -> None:
    """Use the first resource that is passed here to run the tasks of the stack of `scope`."""
    tasks = _tasks_of(scope)
    if not tasks.has_host:
        tasks.has_host = True
        resource.add_metadata(_METADATA_KEY, cdk.Lazy.uncached_any(tasks))
