"""Read the status of a stack's imports from CloudFormation's events and Amazon Personalize's jobs."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from personalize_import_cli.stack.client import Job, JobList, Stack, StackClient, StackResource
from personalize_import_cli.stack.failures import cancellation_reason, failure_of_resource, failure_reason
from personalize_import_cli.stack.imports import ImportRequest, import_requests
from personalize_import_cli.stack.refreshes import TriggerResource, read_refreshes, trigger_resources
from personalize_import_cli.stack.stack_events import Event, Operation, Outcome, operations
from personalize_import_cli.stack.status import ImportStatus, StackStatus, State
from personalize_import_handler.aws.personalize import has_failed, is_running
from personalize_import_handler.contract import RESOURCE_TYPE

Jobs = Callable[[str | None], JobList]
"""Returns the jobs of a dataset, or of the account."""

_NESTED_STACK: Final = "AWS::CloudFormation::Stack"
_ROLLING_BACK_CREATION: Final = "ROLLBACK_IN_PROGRESS"
_LIMIT: Final = 5
"""The limit for an account and Region: https://docs.aws.amazon.com/personalize/latest/dg/limits.html"""


def read_status(client: StackClient, name_or_id: str) -> StackStatus | None:
    """Read the status of a stack; None if it doesn't exist."""
    stack = client.stack(name_or_id)
    if stack is None:
        return None
    reader = _Reader(client, stack.name, cache(client.jobs))
    imports = tuple(reader.imports(stack, Operation()))
    refreshes = read_refreshes(client.triggers, reader.triggers, stack.now) if reader.triggers else ()
    *_, last = operations(client.events(stack.id)) or [Operation()]
    return StackStatus(
        name=stack.name,
        status=stack.status,
        is_in_progress=stack.is_in_progress,
        imports=imports,
        refreshes=tuple(refreshes),
        first_failure=failure_of_resource(last.first_failure) if last.first_failure else "",
    )


@dataclass(frozen=True)
class _Reader:
    """Reads the imports of a stack and its nested stacks once."""

    client: StackClient
    root_name: str
    jobs: Jobs
    triggers: list[TriggerResource] = field(default_factory=list)
    """The triggers of the stacks whose imports were read."""

    def imports(self, stack: Stack, parent: Operation) -> Iterator[ImportStatus]:
        """Yield the imports of a stack and its nested stacks, as of the parent's operation."""
        *earlier, last = operations(self.client.events(stack.id)) or [Operation()]
        if last.started_at < parent.started_at:  # the parent's operation has not changed this nested stack
            earlier, last = [*earlier, last], Operation(parent.started_at)
        failure = last.first_failure or parent.first_failure
        template, resources = self.client.template(stack.id), self.client.resources(stack.id)
        names = _names(template, self.root_name)
        self.triggers.extend(trigger_resources(stack.id, template, resources, names))
        requested = import_requests(last, stack.id, is_over=not stack.is_in_progress)
        for each in requested:
            yield self._import(each, names, stack.now, failure)
        known = {each.logical_id for each in requested}
        existing = [each.logical_id for each in resources if each.resource_type == RESOURCE_TYPE]
        others = {each: each not in existing for each in (*names, *existing) if each not in known}
        yield from self._not_requested(stack, names, others, earlier, failure)
        for stack_id in _nested_stacks(resources, last):
            if nested := self.client.stack(stack_id):
                yield from self.imports(nested, Operation(last.started_at, (), failure))

    def _not_requested(
        self,
        stack: Stack,
        names: Mapping[str, str],
        logical_ids: Mapping[str, bool],
        earlier: Sequence[Operation],
        failure: Event | None,
    ) -> Iterator[ImportStatus]:
        """Yield the imports that the last operation has not requested; `logical_ids` is True for new ones."""
        new = [each for each, is_new in logical_ids.items() if is_new]
        if failure and (not stack.is_in_progress or stack.status == _ROLLING_BACK_CREATION):
            yield from _not_reached(names, new, failure)
        elif stack.is_in_progress:
            yield from _pending(names, logical_ids)
        if not stack.is_in_progress:
            for found in _unchanged(earlier, stack.id, [each for each in logical_ids if each not in new]):
                yield self._import(found, names, stack.now, is_unchanged=True)

    def _import(
        self,
        requested: ImportRequest,
        names: Mapping[str, str],
        stack_now: float,
        first_failure: Event | None = None,
        *,
        is_unchanged: bool = False,
    ) -> ImportStatus:
        of_dataset = self.jobs(requested.dataset_arn) if requested.dataset_arn else JobList((), stack_now)
        job = requested.find_job(of_dataset.jobs)
        reason = self._queue_reason(of_dataset) if job is None and requested.outcome is Outcome.PENDING else ""
        state = _state(requested, job, is_queued=bool(reason), is_unchanged=is_unchanged)
        if state is State.FAILED:
            reason = failure_reason(self.client, requested, job)
        elif state is State.CANCELLED:
            reason = cancellation_reason(first_failure)
        if job:
            started_at, ended_at = job.created_at, of_dataset.now if is_running(job.status) else job.updated_at
        else:
            is_pending = requested.outcome is Outcome.PENDING
            started_at, ended_at = requested.requested_at, stack_now if is_pending else requested.last.last.at
        return ImportStatus(
            name=names.get(requested.logical_id, requested.logical_id),
            logical_id=requested.logical_id,
            state=state,
            is_rollback=requested.first.is_rollback,
            job=job,
            dataset_arn=requested.dataset_arn,
            data_location=requested.properties.data_location if requested.properties else None,
            started_at=started_at,
            elapsed_seconds=max(0.0, ended_at - started_at),
            reason=reason,
        )

    def _queue_reason(self, of_dataset: JobList) -> str:
        """Return what an import without a job is waiting for; empty if no job seems to block it."""
        if of_dataset.running:
            return f"waiting for {of_dataset.running[0].name}, which imports into the same dataset"
        running = len(self.jobs(None).running)
        return f"waiting for capacity: {running} jobs are running in the account" if running >= _LIMIT else ""


def _pending(names: Mapping[str, str], logical_ids: Iterable[str]) -> Iterator[ImportStatus]:
    for each in dict.fromkeys(logical_ids):
        yield ImportStatus(name=names.get(each, each), logical_id=each, state=State.PENDING)


def _not_reached(names: Mapping[str, str], logical_ids: Iterable[str], failure: Event) -> Iterator[ImportStatus]:
    """Yield the imports that CloudFormation did not request, because another resource failed before."""
    reason = cancellation_reason(failure, "did not reach it")
    for each in logical_ids:
        yield ImportStatus(name=names[each], logical_id=each, state=State.CANCELLED, reason=reason)


def _unchanged(earlier: Sequence[Operation], stack_id: str, logical_ids: Iterable[str]) -> Iterator[ImportRequest]:
    """Yield the last completed import of each resource, from operations before the last one."""
    completed = {}
    for operation in earlier:
        for each in import_requests(operation, stack_id, is_over=True):
            if each.outcome is Outcome.COMPLETE:
                completed[each.logical_id] = each
    return (completed[each] for each in logical_ids if each in completed)


def _nested_stacks(resources: Iterable[StackResource], operation: Operation) -> Iterable[str]:
    """Return the ids of nested stacks, those that a rollback deleted included."""
    existing = [each.physical_id for each in resources if each.resource_type == _NESTED_STACK]
    requested = [each.physical_id for each in operation.requests if each.first.resource_type == _NESTED_STACK]
    return dict.fromkeys(filter(None, [*existing, *requested]))


def _state(requested: ImportRequest, job: Job | None, *, is_queued: bool, is_unchanged: bool) -> State:
    if requested.outcome is Outcome.FAILED:
        return State.FAILED
    if requested.outcome is Outcome.CANCELLED:
        return State.CANCELLED
    if job is None:
        if requested.outcome is Outcome.COMPLETE:
            return State.UNCHANGED if is_unchanged else State.IMPORTED
        return State.QUEUED if is_queued else State.STARTING
    if has_failed(job.status):
        return State.FAILED
    if is_running(job.status):
        return State.RUNNING
    adopted = job.updated_at < requested.requested_at
    return State.UNCHANGED if is_unchanged or adopted else State.IMPORTED


def _names(template: Mapping[str, Any], root_name: str) -> dict[str, str]:
    """Return the construct path of each import in a template, or its logical id, by logical id."""
    names = {}
    for logical_id, resource in template.get("Resources", {}).items():
        if resource.get("Type") == RESOURCE_TYPE:
            path = str(resource.get("Metadata", {}).get("aws:cdk:path", ""))
            path = path.removesuffix("/Default").removesuffix("/Resource").removeprefix(f"{root_name}/")
            names[logical_id] = path or logical_id
    return names
