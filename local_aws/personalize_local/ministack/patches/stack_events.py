"""The properties of custom resources in stack events, which ministack omits."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from xml.sax.saxutils import escape

from ministack.services import cloudformation
from ministack.services.cloudformation import custom_resource, handlers

_ACTION: Final = "DescribeStackEvents"
_PROPERTIES: Final = "ResourceProperties"


def add_resource_properties() -> None:
    """Add to a custom resource's events the properties that its function receives, as JSON.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackEvent.html
    """
    invoke, describe = custom_resource.invoke_custom_resource, handlers._ACTION_HANDLERS[_ACTION]  # noqa: SLF001

    def invoke_custom_resource(
        request_type: str,
        logical_id: str,
        props: dict[str, Any],
        stack_name: str,
        stack_id: str,
        *more: Any,  # noqa: ANN401 - ministack's own
        **options: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        events = [event for event in _events(stack_id) if event["LogicalResourceId"] == logical_id]
        if events:
            events[-1][_PROPERTIES] = json.dumps(custom_resource._normalise_resource_properties(props))  # noqa: SLF001
        return invoke(request_type, logical_id, props, stack_name, stack_id, *more, **options)

    def describe_stack_events(params: Mapping[str, Any]) -> tuple[int, dict[str, str], bytes]:
        status, headers, body = describe(params)
        text = body.decode()
        for event_id, properties in _properties_by_event(_events(text.partition("<StackId>")[2].partition("<")[0])):
            mark = f"<EventId>{event_id}</EventId>"
            text = text.replace(mark, f"{mark}<{_PROPERTIES}>{escape(properties)}</{_PROPERTIES}>")
        return status, headers, text.encode()

    custom_resource.invoke_custom_resource = invoke_custom_resource
    handlers._ACTION_HANDLERS[_ACTION] = describe_stack_events  # noqa: SLF001


def _events(stack_id: str) -> list[dict[str, Any]]:
    return list(cloudformation._stack_events.get(stack_id, []))  # noqa: SLF001


def _properties_by_event(events: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield event ids with their properties, or with the properties of the resource's latest earlier event."""
    latest: dict[str, str] = {}
    for event in events:
        resource = event["LogicalResourceId"]
        latest[resource] = event.get(_PROPERTIES, latest.get(resource, ""))
        if latest[resource]:
            yield event["EventId"], latest[resource]
