"""A request of CloudFormation for an import, parsed once in each invocation of a function."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from personalize_import_handler.contract.import_properties import ImportProperties
from personalize_import_handler.contract.properties import InvalidPropertiesError, parse
from personalize_import_handler.errors import ImportFailedError
from personalize_import_handler.request import request_time
from personalize_import_handler.request.ownership import Provider
from personalize_import_handler.request.resource import Resource, resource_of


class Request(NamedTuple):
    """A request of CloudFormation and the provider that received it."""

    resource: Resource
    properties: ImportProperties
    previous: ImportProperties | None
    """The properties before an Update; None if they were invalid, because no job was started with them."""
    delete_seconds: int
    """The seconds that a Delete may wait before a response must be sent."""
    provider: Provider
    is_superseded: Callable[[], bool]
    """Returns whether CloudFormation has sent a later request for the resource; may raise `RefusedError`."""


def parse_request(event: Mapping[str, Any], provider: Provider, is_superseded: Callable[[], bool]) -> Request:
    """Parse an event; raise `ImportFailedError` if its properties are invalid."""
    properties, old_properties = event.get("ResourceProperties", {}), event.get("OldResourceProperties", {})
    try:
        parsed = parse(properties)
    except InvalidPropertiesError as error:
        raise ImportFailedError(f"{error}. No job was started.") from error
    return Request(
        resource=resource_of(event),
        properties=parsed,
        previous=_parse_previous(old_properties),
        delete_seconds=request_time.delete_seconds(properties),
        provider=provider,
        is_superseded=is_superseded,
    )


def _parse_previous(old_properties: Mapping[str, object]) -> ImportProperties | None:
    """Parse the properties before an Update; None if they are invalid, as those of an earlier version may be."""
    if not old_properties:
        return None
    try:
        return parse(old_properties)
    except InvalidPropertiesError:
        return None
