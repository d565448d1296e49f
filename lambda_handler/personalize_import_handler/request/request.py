"""A request of CloudFormation, and the services that a poll may call for it."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from personalize_import_handler.aws.data_reader import DataReader
from personalize_import_handler.aws.event_bus import EventBus
from personalize_import_handler.aws.personalize import Personalize
from personalize_import_handler.aws.stacks import Stacks
from personalize_import_handler.aws.storage import Storage
from personalize_import_handler.request.names import Resource
from personalize_import_handler.request.ownership import Provider


class Request(NamedTuple):
    """A request of CloudFormation, as far as the decisions need it, and the provider that it was sent to."""

    resource: Resource
    properties: Mapping[str, object]
    old_properties: Mapping[str, object]
    provider: Provider


class Services(NamedTuple):
    """Whom a look may ask: the services, and whether anybody waits for it still."""

    personalize: Personalize
    stacks: Callable[[], Stacks]
    storage: Callable[[], Storage]
    """Made where it is needed: most imports need none."""
    read_as: Callable[[str], DataReader]
    """Reads in the name of a role; may raise `Refused`."""
    is_given_up: Callable[[], bool]
    event_bus: Callable[[], EventBus]
    """Made where a resource asks for its state changes."""
