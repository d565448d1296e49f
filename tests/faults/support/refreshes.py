"""Refreshes of a stack with one import, and the files that they import."""

from typing import Any

from personalize_import_handler.contract import REFRESH_TAG
from tests.faults.support.stack import Stack
from tests.handler.support.account import Account, Execution
from tests.handler.support.fakes import Job
from tests.handler.support.properties import DATA_LOCATION


def upload(account: Account, *names: str, content: str = "1", location: str = DATA_LOCATION) -> None:
    """Upload files, each two seconds after the one before it."""
    for name in names:
        account.storage.upload(f"{location}{name}", content, account.clock.now)
        account.clock.advance(2)


def deploy(stack: Stack, properties: dict[str, Any]) -> None:
    """Create or update the resource in a deploy that succeeds."""
    assert stack.deploy(properties).succeeded
    stack.settle()
    stack.account.clock.advance(2)


def refresh(stack: Stack, **options: Any) -> Execution:
    """Refresh the import, and return the execution after its end."""
    execution = stack.account.refresh(stack.refresh_event(**options))
    stack.account.run()
    stack.account.clock.advance(2)
    return execution


def begin_refresh(stack: Stack, **options: Any) -> Execution:
    """Begin a refresh, and return its execution while its job runs."""
    execution = stack.account.refresh(stack.refresh_event(**options))
    stack.account.run(until=stack.account.clock.now + 1)
    return execution


def jobs_of_refreshes(account: Account) -> list[Job]:
    """Return the jobs that refreshes have started, oldest first."""
    return [job for job in account.personalize.jobs.values() if REFRESH_TAG in account.personalize.tags[job.arn]]


def imported_files(account: Account) -> list[str]:
    """Return the names of the files in the dataset, each as often as it was imported."""
    return [row.rpartition("/")[2].partition(" ")[0] for row in account.personalize.rows()]
