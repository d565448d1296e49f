"""A simulated CloudFormation for one custom resource."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from personalize_import_handler.cloudformation.custom_resource import Event
from personalize_import_handler.contract import RESOURCE_TYPE, refresh_event
from tests.handler.support.account import Account, Response
from tests.handler.support.fakes import ACCOUNT, REGION
from tests.handler.support.fakes_stacks import stack_id_of


@dataclass
class CloudFormation:
    """CloudFormation with one custom resource of one stack."""

    account: Account
    stack_name: str = "shop"
    logical_id: str = "Import"
    generation: int = 1
    """Number of times the stack was created: a stack that is created again has the same name and another id."""
    resource_type: str = RESOURCE_TYPE
    endpoint: str = "https://cloudformation.example"
    """Base of the ResponseURLs."""
    dates_urls: bool = True
    """True if ResponseURLs contain the date of their signature, as with Signature Version 4."""
    nested_in: str | None = None
    """The name of the root stack, if the stack is nested in one."""
    properties: Mapping[str, Any] | None = None
    """The properties of the last request, even if it has failed."""
    properties_before: Mapping[str, Any] | None = None
    physical_resource_id: str = ""
    replaced: str | None = None
    """The previous physical id, if the response to an update had another one."""
    rollbacks: int = 0
    _requests: int = 0
    _is_rolling_back: bool = False

    def create(self, properties: Mapping[str, Any]) -> Response:
        return self.run(self.begin("Create", properties))

    def update(self, properties: Mapping[str, Any]) -> Response:
        return self.run(self.begin("Update", properties))

    def delete(self, physical_resource_id: str | None = None) -> Response:
        return self.run(self.begin("Delete", self.properties or {}, physical_resource_id))

    def roll_back(self) -> Response:
        """Roll back the last create or update, as documented.

        A resource that kept its physical id gets an Update with the old properties. If an update has replaced the
        resource, only the new one is deleted:
        https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref-requesttypes-update.html
        """
        self.rollbacks += 1
        self._is_rolling_back = True
        try:
            return self._undo()
        finally:
            self._is_rolling_back = False

    def _undo(self) -> Response:
        if self.properties_before is None:
            return self.delete()
        if self.replaced is None:
            return self.update(self.properties_before)
        new, self.physical_resource_id, self.replaced = self.physical_resource_id, self.replaced, None
        response = self.delete(new)
        self.properties = self.properties_before
        return response

    def clean_up(self) -> list[Response]:
        """Delete the replaced resource, as at the end of an update of a stack."""
        replaced, self.replaced = self.replaced, None
        return [self.delete(replaced)] if replaced else []

    def begin(self, request_type: str, properties: Mapping[str, Any], physical_resource_id: str | None = None) -> Event:
        """Send a request and run what is due immediately; `run` waits for the response."""
        event = self.event(request_type, properties, physical_resource_id)
        root_id = self.stack_id if self.nested_in is None else stack_id_of(self.nested_in)
        self.account.stacks.roots[self.stack_id] = root_id
        self.account.stacks.statuses[root_id] = self._status(request_type)
        if request_type != "Delete":
            self.properties_before, self.properties = self.properties, properties
        self.account.deliver(event)
        self.account.run(until=self.account.clock.now)
        return event

    def run(self, event: Event) -> Response:
        """Advance the clock until a request has its response, and return the response."""
        self.account.run()
        response = self.response_to(event)
        self._record(event, response)
        return response

    def refresh_event(
        self,
        *,
        quiet_seconds: int = 0,
        always: bool = False,
        timeout_seconds: int = 3300,
        requested_at: float | None = None,
        properties: Mapping[str, Any] | None = None,
    ) -> Event:
        """Return the event of a trigger for the resource, with its present properties and the present time."""
        given = self.properties if properties is None else properties
        assert given is not None, "the resource has not been created"
        sent_at = self.account.clock.now if requested_at is None else requested_at
        return {
            "RequestType": refresh_event.REQUEST_TYPE,
            "ResourceType": self.resource_type,
            "StackId": self.stack_id,
            "LogicalResourceId": self.logical_id,
            "PhysicalResourceId": self.physical_resource_id,
            "RequestedAt": f"{datetime.fromtimestamp(sent_at, UTC):%Y-%m-%dT%H:%M:%SZ}",
            "QuietSeconds": quiet_seconds,
            "Always": always,
            "TimeoutSeconds": timeout_seconds,
            "ResourceProperties": {
                name: value for name, value in given.items() if name not in refresh_event.UNUSED_PROPERTIES
            },
        }

    def settle(self) -> None:
        """End the operation of the stack successfully."""
        root_id = self.account.stacks.roots[self.stack_id]
        status = self.account.stacks.statuses[root_id]
        self.account.stacks.statuses[root_id] = status.replace("_IN_PROGRESS", "_COMPLETE")

    def response_to(self, event: Event) -> Response:
        received = self.account.responses.get(event["ResponseURL"], [])
        assert received, "CloudFormation got no response"
        assert len(received) == 1, f"CloudFormation got several responses: {received}"
        assert received[0].physical_resource_id, "a response without a physical id fails a stack with another reason"
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

    def _record(self, event: Event, response: Response) -> None:
        kind = event["RequestType"]
        if kind == "Delete" or not (response.succeeded or kind == "Create"):
            return
        if kind == "Update" and response.physical_resource_id != self.physical_resource_id:
            self.replaced = self.physical_resource_id
        self.physical_resource_id = response.physical_resource_id


def as_delivered(value: Any) -> Any:
    """Return properties as CloudFormation delivers them: every scalar is a string."""
    if isinstance(value, Mapping):
        return {key: as_delivered(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_delivered(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value)
