"""CloudFormation, played for one custom resource: events as it sends them, answers as it reads them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from personalize_import_handler.cloudformation.custom_resource import Event
from personalize_import_handler.contract import RESOURCE_TYPE
from tests.handler.support.account import Account, Answer
from tests.handler.support.fakes import ACCOUNT, REGION
from tests.handler.support.fakes_stacks import stack_id_of


@dataclass
class CloudFormation:
    """One custom resource of one stack, and the requests that CloudFormation makes for it."""

    account: Account
    stack_name: str = "shop"
    logical_id: str = "Import"
    generation: int = 1
    """A stack that was deleted and made again is another generation: its name is the same, its id is not."""
    resource_type: str = RESOURCE_TYPE
    endpoint: str = "https://cloudformation.example"
    """Where answers go."""
    dates_urls: bool = True
    """Whether the URLs for answers contain when they were signed, as those of Signature Version 4 do."""
    nested_in: str | None = None
    """The name of the root stack, if the stack is nested in one."""
    properties: Mapping[str, Any] | None = None
    """Those of the last request, whatever came of it."""
    properties_before: Mapping[str, Any] | None = None
    physical_resource_id: str = ""
    replaced: str | None = None
    """The physical id of before an update that was answered with another one."""
    rollbacks: int = 0
    _requests: int = 0
    _is_rolling_back: bool = False

    def create(self, properties: Mapping[str, Any]) -> Answer:
        return self.run(self.begin("Create", properties))

    def update(self, properties: Mapping[str, Any]) -> Answer:
        return self.run(self.begin("Update", properties))

    def delete(self, physical_resource_id: str | None = None) -> Answer:
        return self.run(self.begin("Delete", self.properties or {}, physical_resource_id))

    def roll_back(self) -> Answer:
        """Undo the last update, or a create, as it is documented.

        A resource that kept its physical id gets an Update with the old properties. Of one that was replaced, the new
        one is deleted, and nothing else happens:
        https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref-requesttypes-update.html
        """
        self.rollbacks += 1
        self._is_rolling_back = True
        try:
            return self._undo()
        finally:
            self._is_rolling_back = False

    def _undo(self) -> Answer:
        if self.properties_before is None:
            return self.delete()
        if self.replaced is None:
            return self.update(self.properties_before)
        new, self.physical_resource_id, self.replaced = self.physical_resource_id, self.replaced, None
        answer = self.delete(new)
        self.properties = self.properties_before
        return answer

    def clean_up(self) -> list[Answer]:
        """Delete what an update has replaced, as at the end of a stack's update."""
        replaced, self.replaced = self.replaced, None
        return [self.delete(replaced)] if replaced else []

    def begin(self, request_type: str, properties: Mapping[str, Any], physical_resource_id: str | None = None) -> Event:
        """Make a request, deliver it and let happen what happens at once; `run` waits for its answer."""
        event = self.event(request_type, properties, physical_resource_id)
        root_id = self.stack_id if self.nested_in is None else stack_id_of(self.nested_in)
        self.account.stacks.roots[self.stack_id] = root_id
        self.account.stacks.statuses[root_id] = self._status(request_type)
        if request_type != "Delete":
            self.properties_before, self.properties = self.properties, properties
        self.account.deliver(event)
        self.account.run(until=self.account.clock.now)
        return event

    def run(self, event: Event) -> Answer:
        """Let time pass until a request is answered, and return its one answer."""
        self.account.run()
        answer = self.answer_to(event)
        self._note(event, answer)
        return answer

    def answer_to(self, event: Event) -> Answer:
        received = self.account.answers.get(event["ResponseURL"], [])
        assert received, "CloudFormation got no answer"
        assert len(received) == 1, f"CloudFormation got several answers: {received}"
        assert received[0].physical_resource_id, "an answer without a physical id fails a stack with another reason"
        return received[0]

    def event(self, request_type: str, properties: Mapping[str, Any], physical_resource_id: str | None = None) -> Event:
        self._requests += 1
        seed = f"{self.stack_id}/{self.logical_id}/{self._requests}"
        event: Event = {
            "RequestType": request_type,
            "ServiceToken": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:on-event",
            "ResponseURL": self._response_url(seed),
            "StackId": self.stack_id,
            "RequestId": str(uuid5(NAMESPACE_URL, f"request {seed}")),
            "LogicalResourceId": self.logical_id,
            "ResourceType": self.resource_type,
            "ResourceProperties": as_delivered(properties),
        }
        if request_type != "Create":
            event["PhysicalResourceId"] = physical_resource_id or self.physical_resource_id
        if request_type == "Update":
            event["OldResourceProperties"] = as_delivered(self.properties or {})
        return event

    def _response_url(self, seed: str) -> str:
        signed_at = datetime.fromtimestamp(self.account.clock.now, UTC)
        date = f"X-Amz-Date={signed_at:%Y%m%dT%H%M%SZ}&" if self.dates_urls else ""
        return f"{self.endpoint}/{seed}?{date}X-Amz-Signature={uuid5(NAMESPACE_URL, seed).hex}"

    @property
    def stack_id(self) -> str:
        return stack_id_of(self.stack_name, self.generation)

    def _status(self, request_type: str) -> str:
        if self._is_rolling_back:
            return "ROLLBACK_IN_PROGRESS" if self.properties_before is None else "UPDATE_ROLLBACK_IN_PROGRESS"
        return f"{request_type.upper()}_IN_PROGRESS"

    def _note(self, event: Event, answer: Answer) -> None:
        kind = event["RequestType"]
        if kind == "Delete" or not (answer.succeeded or kind == "Create"):
            return
        if kind == "Update" and answer.physical_resource_id != self.physical_resource_id:
            self.replaced = self.physical_resource_id
        self.physical_resource_id = answer.physical_resource_id


def as_delivered(value: Any) -> Any:
    """Turn properties into what CloudFormation delivers: every scalar is a string."""
    if isinstance(value, Mapping):
        return {key: as_delivered(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_delivered(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value)
