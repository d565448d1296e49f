"""Describe and List operations, and the checks that creations and deletions of all kinds of resources share."""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

from botocore.model import ListShape

from personalize_local.personalize import messages
from personalize_local.personalize.errors import already_exists, in_use, limit_exceeded
from personalize_local.personalize.json_protocol import timestamp
from personalize_local.personalize.models import ResourceWithStatus
from personalize_local.personalize.operations.call import Call, Operation
from personalize_local.personalize.pagination import page
from personalize_local.personalize.resource_status import ACTIVE
from personalize_local.personalize.service_model import (
    input_shape,
    member_name,
    members_of_shape,
    output_shape,
    structure,
)
from personalize_local.personalize.store import Resources, existing

_PAGINATION: Final = frozenset({"nextToken", "maxResults"})


class ListedResource(Protocol):
    """A resource of any kind."""

    @property
    def arn(self) -> str:
        """The resource's ARN."""
        ...

    @property
    def created_at(self) -> float:
        """The creation time."""
        ...


_Resource = TypeVar("_Resource", bound=ListedResource)


@dataclass(frozen=True, kw_only=True)
class ResourceKind(Generic[_Resource]):
    """One kind of resource, with its Describe and List operations; the API model determines their members."""

    name: str
    """The kind's name in operations: `DatasetGroup` in DescribeDatasetGroup."""
    stored: Callable[[Resources], Mapping[str, _Resource]]
    members: Callable[[_Resource, float], Mapping[str, Any]]
    """The members of a resource at a time, and the values of the List operation's filter parameters."""

    @property
    def operations(self) -> dict[str, Operation]:
        """The Describe and List operations by their names."""
        return {f"Describe{self.name}": self.describe, f"List{self.name}s": self.list}

    def describe(self, call: Call) -> dict[str, object]:
        """Return the members of one resource."""
        member = member_name(self.name)
        with call.resources() as (resources, now):
            resource = existing(self.stored(resources), call.parameters[f"{member}Arn"])
        shape = structure(output_shape(f"Describe{self.name}").members[member])
        return {member: members_of_shape(shape, self.members(resource, now))}

    def list(self, call: Call) -> dict[str, object]:
        """Return a page of the resources that match the filter parameters."""
        operation = f"List{self.name}s"
        filters = [name for name in input_shape(operation).members if name not in _PAGINATION]
        wanted = {name: call.parameters[name] for name in filters if name in call.parameters}
        with call.resources() as (resources, now):
            found = [(resource, self.members(resource, now)) for resource in self.stored(resources).values()]
        listed = [each for each in found if all(each[1].get(name) == value for name, value in wanted.items())]
        size = call.settings.default_page_size
        chosen, more = page(listed, lambda each: (each[0].created_at, each[0].arn), call.parameters, size)
        key, shape = _list_member(operation)
        return {key: [members_of_shape(structure(shape.member), members) for _, members in chosen], **more}


def _list_member(operation: str) -> tuple[str, ListShape]:
    """Return the member with the items of a List operation's response: `Filters` for ListFilters."""
    members = output_shape(operation).members.items()
    return next((name, shape) for name, shape in members if isinstance(shape, ListShape))


def status_members(resource: ResourceWithStatus, now: float) -> dict[str, object]:
    """Return the name, status and times of a resource as members of a response."""
    return {
        "name": resource.name,
        "status": resource.status(now),
        "creationDateTime": timestamp(resource.created_at),
        "lastUpdatedDateTime": timestamp(resource.life.last_updated_at(now)),
    }


def require_free(arn: str, stored: Container[str]) -> None:
    """Raise ResourceAlreadyExistsException if a resource with the ARN exists."""
    if arn in stored:
        raise already_exists(messages.name_taken(arn))


def require_active(resource: ResourceWithStatus, now: float) -> None:
    """Raise ResourceInUseException unless a resource is ACTIVE."""
    if resource.status(now) != ACTIVE:
        raise in_use(messages.not_ready(resource.arn, resource.status(now)))


def require_quota(kind: str, present: int, quota: int) -> None:
    """Raise LimitExceededException if there are as many resources of a kind as the quota allows.

    Args:
        kind: The kind in words, such as "dataset group".
        present: The number of resources.
        quota: The allowed number.
    """
    if present >= quota:
        raise limit_exceeded(messages.too_many_resources(kind, quota))
