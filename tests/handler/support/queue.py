"""Many imports into different datasets at once."""

from collections.abc import Sequence

from personalize_import_handler.cloudformation.custom_resource import Event
from tests.handler.support.account import Account
from tests.handler.support.fakes import DATASET_ARN, FakePersonalize
from tests.handler.support.properties import properties
from tests.handler.support.simulator import CloudFormation


def dataset_of(stack: CloudFormation) -> str:
    return DATASET_ARN.replace("shop", stack.stack_name)


def begin_many(
    account: Account, count: int, *, first: int = 0, **given: object
) -> tuple[list[CloudFormation], list[Event]]:
    """Begin imports into different datasets, a second apart."""
    stacks = [CloudFormation(account, stack_name=f"many-{number:03}") for number in range(first, first + count)]
    events = []
    for stack in stacks:
        account.personalize.datasets[dataset_of(stack)] = account.clock.now
        events.append(stack.begin("Create", properties(DatasetArn=dataset_of(stack), **given)))
        account.clock.advance(1)
    return stacks, events


def starts_of(stacks: Sequence[CloudFormation], personalize: FakePersonalize) -> list[float]:
    """Return when the job of each stack was started."""
    by_dataset = {job.properties.dataset_arn: job.created_at for job in personalize.jobs.values()}
    return [by_dataset[dataset_of(stack)] for stack in stacks]
