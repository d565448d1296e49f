"""Requests to import, and the jobs that belong to them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from personalize_import_cli.stack.client import Job
from personalize_import_cli.stack.stack_events import Operation, Outcome, ResourceRequest
from personalize_import_handler.aws.personalize import is_running
from personalize_import_handler.contract import RESOURCE_TYPE, WAIT_RESOURCE_TYPE, ReimportMode
from personalize_import_handler.contract.import_properties import ImportProperties
from personalize_import_handler.contract.properties import InvalidPropertiesError, parse
from personalize_import_handler.request.job_names import names_of
from personalize_import_handler.request.resource import Resource

_CLOCKS_DIFFER_SECONDS: Final = 5
"""An allowance for the clocks of the services: a job that was created before an event may seem later than it."""


@dataclass(frozen=True, kw_only=True)
class ImportRequest:
    """A request to one resource, or to the resources of a wait chain."""

    first: ResourceRequest
    last: ResourceRequest
    """The same request, or the latest one of the wait chain."""
    properties: ImportProperties | None
    """None if the events have none, or invalid ones."""
    resource: Resource
    is_over: bool
    """True if the operation has ended, so that no request of the wait chain follows."""

    @property
    def outcome(self) -> Outcome:
        """The outcome; pending until the last resource of the wait chain has completed."""
        outcome = self.last.last.outcome
        if self.is_over:
            return Outcome.CANCELLED if outcome is Outcome.PENDING else outcome
        chain_continues = str(self.last.properties.get("HandsOver")).lower() == "true"
        return Outcome.PENDING if outcome is Outcome.COMPLETE and chain_continues else outcome

    @property
    def logical_id(self) -> str:
        """The logical id of the resource, the first one in a wait chain."""
        return self.first.first.logical_id

    @property
    def requested_at(self) -> float:
        """When CloudFormation requested the import, in epoch seconds."""
        return self.first.first.at

    @property
    def dataset_arn(self) -> str | None:
        """The dataset, if the properties are known."""
        return self.properties.dataset_arn if self.properties else None

    def owns(self, job_arn: str) -> bool:
        """Return whether the name of a job of the dataset is one that the handler gives to this import."""
        if self.properties is None:
            return False
        names = names_of(self.properties, self.resource)
        if self.properties.reimport is ReimportMode.WHEN_DATA_CHANGES:
            # The name contains the fingerprint of the data, which only the handler computes.
            return names.shares_prefix(job_arn)
        return names.includes(job_arn)

    def find_job(self, jobs: Iterable[Job]) -> Job | None:
        """Return the job that was started or adopted for this import.

        A job that ended before the request was adopted only if the request is complete. A job that was created after
        the response to the request is that of a refresh, whose failure isn't one of the deploy.
        """
        own = [job for job in jobs if self.owns(job.arn)]
        if Outcome.PENDING not in (self.outcome, self.last.last.outcome):  # later jobs are those of refreshes
            earlier = [job for job in own if job.created_at <= self.last.last.at + _CLOCKS_DIFFER_SECONDS]
            own = earlier or own  # on a fast clock of the local AWS, all jobs are later than the events
        if self.outcome is not Outcome.COMPLETE:
            own = [job for job in own if is_running(job.status) or job.updated_at >= self.requested_at]
        return max(own, key=lambda job: job.created_at, default=None)


def import_requests(operation: Operation, stack_id: str, *, is_over: bool) -> list[ImportRequest]:
    """Return the imports of an operation; a wait chain is one import."""
    imports: list[ImportRequest] = []
    for request in operation.requests:
        if request.first.resource_type == RESOURCE_TYPE:
            properties = _parsed(request)
            scope = properties.stack_scope if properties else None
            resource = Resource(stack_id, request.first.logical_id, request.physical_id, scope)
            imports.append(
                ImportRequest(first=request, last=request, properties=properties, resource=resource, is_over=is_over)
            )
        elif request.first.resource_type == WAIT_RESOURCE_TYPE:
            job_arn = str(request.properties.get("DatasetImportJobArn", ""))
            imports = [
                replace(each, last=request)
                if each.first.is_rollback == request.is_rollback and each.owns(job_arn)
                else each
                for each in imports
            ]
    return imports


def _parsed(request: ResourceRequest) -> ImportProperties | None:
    try:
        return parse(request.properties)
    except InvalidPropertiesError:
        return None
