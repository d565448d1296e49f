"""A stack with one import that is deployed as by CloudFormation, and that records every request."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from personalize_import_handler.cloudformation.custom_resource import Event
from personalize_import_handler.contract.properties import parse
from personalize_import_handler.request.import_identity import import_identity
from tests.handler.support.account import Response
from tests.handler.support.simulator import CloudFormation


@dataclass
class Stack(CloudFormation):
    """A stack with one resource: failed operations are rolled back, and replaced resources are deleted."""

    requests: list[Event] = field(default_factory=list)
    deliveries: int = 1
    """Number of deliveries of each event."""
    settled: Mapping[str, Any] | None = None
    """The properties after the last successful operation; None if the resource does not exist."""

    def event(self, request_type: str, properties: Mapping[str, Any], physical_resource_id: str | None = None) -> Event:
        event = super().event(request_type, properties, physical_resource_id)
        self.requests.append(event)
        return event

    def begin(self, request_type: str, properties: Mapping[str, Any], physical_resource_id: str | None = None) -> Event:
        event = super().begin(request_type, properties, physical_resource_id)
        for _ in range(self.deliveries - 1):
            self.account.deliver(event)
        return event

    def response_to(self, event: Event) -> Response:
        """Return the first response: CloudFormation ignores others, and the invariants check that they are equal."""
        received = self.account.responses.get(event["ResponseURL"])
        assert received, "CloudFormation got no response"
        return received[0]

    def run(self, event: Event) -> Response:
        response = super().run(event)
        if response.succeeded and event["RequestType"] != "Delete":
            self.settled = event["ResourceProperties"]
        return response

    def deploy(
        self, properties: Mapping[str, Any], *, another_resource_fails: bool = False, replaces_dataset: bool = False
    ) -> Response:
        """Create or update the resource, roll back if it fails, and return the first response.

        If the update replaces the dataset, the dataset is deleted and created before it, and again by the rollback.
        """
        before = self.settled
        if replaces_dataset:
            self._replace_dataset()
        response = self.create(properties) if before is None else self.update(properties)
        if not response.succeeded or another_resource_fails:
            if replaces_dataset:
                self._replace_dataset()
            self.back_to(before)
        self.clean_up()
        return response

    def _replace_dataset(self) -> None:
        """Delete and create the dataset, after the end of all jobs because Personalize refuses it while a job runs."""
        personalize = self.account.personalize
        self.account.clock.advance(max((job.job_behavior.seconds for job in personalize.jobs.values()), default=0))
        personalize.recreate_dataset()

    def back_to(self, before: Mapping[str, Any] | None) -> Response:
        """Roll back to the previous properties."""
        # The previous import succeeds when it is repeated, even if its job is already running.
        personalize = self.account.personalize
        personalize.job_behavior = replace(personalize.job_behavior, end="ACTIVE", failure_reason=None)
        wanted = parse(before) if before else None
        for name, job in personalize.jobs.items():
            runs = self.account.clock.now < job.created_at + job.job_behavior.seconds
            if runs and wanted and import_identity(job.properties) == import_identity(wanted):
                personalize.jobs[name] = replace(
                    job, job_behavior=replace(job.job_behavior, end="ACTIVE", failure_reason=None)
                )
        self.properties_before = before
        response = self.roll_back()
        assert response.succeeded, f"the rollback failed: {response.reason}"
        self.settled = before
        return response

    def interrupt(self, properties: Mapping[str, Any]) -> Response:
        """Cancel a deployment while the import runs: it is rolled back before the first request has a response.

        CloudFormation ignores the response that arrives later. A resource without a response to its Create has an id
        that CloudFormation has generated.
        """
        before = self.settled
        self.begin("Create" if before is None else "Update", properties)
        if before is None:
            self.physical_resource_id = f"{self.stack_name}-{self.logical_id}-1A2B3C4D5E6F"
        return self.back_to(before)


def after_next(personalize: object, operation: str, action: Callable[[], object]) -> None:
    """Run an action right after the next call of an operation."""
    original = getattr(personalize, operation)

    def call(*arguments: Any) -> Any:
        setattr(personalize, operation, original)
        result = original(*arguments)
        action()
        return result

    setattr(personalize, operation, call)
