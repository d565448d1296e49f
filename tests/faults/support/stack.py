"""A stack with one import: it deploys as CloudFormation does, and remembers every request that it made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from personalize_import_handler.cloudformation.custom_resource import Event
from personalize_import_handler.contract.properties import parse
from personalize_import_handler.request.import_identity import import_identity
from tests.handler.support.account import Answer
from tests.handler.support.simulator import CloudFormation


@dataclass
class Stack(CloudFormation):
    """CloudFormation's turns around one resource: what fails is rolled back, and what was replaced is deleted."""

    requests: list[Event] = field(default_factory=list)
    deliveries: int = 1
    """How often each event comes."""
    settled: Mapping[str, Any] | None = None
    """The properties that the resource has when CloudFormation is through; None if there is no resource."""

    def event(self, request_type: str, properties: Mapping[str, Any], physical_resource_id: str | None = None) -> Event:
        event = super().event(request_type, properties, physical_resource_id)
        self.requests.append(event)
        return event

    def begin(self, request_type: str, properties: Mapping[str, Any], physical_resource_id: str | None = None) -> Event:
        event = super().begin(request_type, properties, physical_resource_id)
        for _ in range(self.deliveries - 1):
            self.account.deliver(event)
        return event

    def answer_to(self, event: Event) -> Answer:
        """Return the first answer: CloudFormation reads no other, and the invariants say that none differs."""
        received = self.account.answers.get(event["ResponseURL"])
        assert received, "CloudFormation got no answer"
        return received[0]

    def run(self, event: Event) -> Answer:
        answer = super().run(event)
        if answer.succeeded and event["RequestType"] != "Delete":
            self.settled = event["ResourceProperties"]
        return answer

    def deploy(
        self, properties: Mapping[str, Any], *, another_resource_fails: bool = False, replaces_dataset: bool = False
    ) -> Answer:
        """Create or update the resource; returns the answer to that, and rolls back if need be.

        A dataset that an update replaces is deleted and created again before that, and once more by its rollback.
        """
        before = self.settled
        if replaces_dataset:
            self._replace_dataset()
        answer = self.create(properties) if before is None else self.update(properties)
        if not answer.succeeded or another_resource_fails:
            if replaces_dataset:
                self._replace_dataset()
            self.back_to(before)
        self.clean_up()
        return answer

    def _replace_dataset(self) -> None:
        """Delete and create the dataset; Personalize refuses the former while a job runs, so that has ended."""
        personalize = self.account.personalize
        self.account.clock.advance(max((job.course.seconds for job in personalize.jobs.values()), default=0))
        personalize.recreate_dataset()

    def back_to(self, before: Mapping[str, Any] | None) -> Answer:
        """Roll back to the properties of before."""
        # What was good is good: its import fails no second time, and neither does one that runs already.
        personalize = self.account.personalize
        personalize.course = replace(personalize.course, end="ACTIVE", failure_reason=None)
        wanted = parse(before) if before else None
        for name, job in personalize.jobs.items():
            runs = self.account.clock.now < job.created_at + job.course.seconds
            if runs and wanted and import_identity(job.properties) == import_identity(wanted):
                personalize.jobs[name] = replace(job, course=replace(job.course, end="ACTIVE", failure_reason=None))
        self.properties_before = before
        answer = self.roll_back()
        assert answer.succeeded, f"the rollback failed: {answer.reason}"
        self.settled = before
        return answer

    def interrupt(self, properties: Mapping[str, Any]) -> Answer:
        """Cancel a deployment while the import runs: it is rolled back before the first request is answered.

        What is answered to that one later changes nothing any more; and a resource that was to be created has an id
        that CloudFormation made up.
        """
        before = self.settled
        self.begin("Create" if before is None else "Update", properties)
        if before is None:
            self.physical_resource_id = f"{self.stack_name}-{self.logical_id}-1A2B3C4D5E6F"
        return self.back_to(before)


def after_next(personalize: object, operation: str, action: Callable[[], object]) -> None:
    """Let something happen between the next call of an operation and the line after it."""
    original = getattr(personalize, operation)

    def call(*arguments: Any) -> Any:
        setattr(personalize, operation, original)
        result = original(*arguments)
        action()
        return result

    setattr(personalize, operation, call)
