"""Describe and List operations, and the checks that creations and deletions of all kinds of resources share."""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from personalize_local.personalize import messages
from personalize_local.personalize.errors import already_exists, in_use
from personalize_local.personalize.json_protocol import timestamp
from personalize_local.personalize.models import ResourceWithStatus
from personalize_local.personalize.operations.call import Call, Operation
from personalize_local.personalize.pagination import page
from personalize_local.personalize.resource_status import ACTIVE
from personalize_local.personalize.service_model import member_name
from personalize_local.personalize.store import Resources, existing


class Resource(Protocol):
    """A resource of any kind."""

    @property
    def arn(self) -> str:
        """The resource's ARN."""
        ...

    @property
    def created_at(self) -> float:
        """The creation time."""
        ...


_Resource = TypeVar("_Resource", bound=Resource)


@dataclass(frozen=True, kw_only=True)
class ResourceKind(Generic[_Resource]):
    """One kind of resource, with its Describe and List operations."""

    name: str
    """The kind's name in operations: `DatasetGroup` in DescribeDatasetGroup."""
    stored: Callable[[Resources], Mapping[str, _Resource]]
    summary: Callable[[_Resource, float], dict[str, object]]
    """The members in both Describe and List responses, at a time."""
    details: Callable[[_Resource], dict[str, object]]
    """The members in Describe responses only."""
    filters: Mapping[str, Callable[[_Resource], str]] = field(default_factory=dict)
    """Filter parameters of the List operation, each with the attribute that it filters by."""

    @property
    def operations(self) -> dict[str, Operation]:
        """The Describe and List operations by their names."""
        return {f"Describe{self.name}": self._describe, f"List{self.name}s": self._list}

    def _describe(self, call: Call) -> dict[str, object]:
        member = member_name(self.name)
        with call.resources() as (resources, now):
            resource = existing(self.stored(resources), call.parameters[f"{member}Arn"])
        return {member: {**self.summary(resource, now), **self.details(resource)}}

    def _list(self, call: Call) -> dict[str, object]:
        with call.resources() as (resources, now):
            listed = [resource for resource in self.stored(resources).values() if self._is_listed(resource, call)]
        size = call.settings.default_page_size
        chosen, more = page(listed, lambda resource: (resource.created_at, resource.arn), call.parameters, size)
        return {f"{member_name(self.name)}s": [self.summary(resource, now) for resource in chosen], **more}

    def _is_listed(self, resource: _Resource, call: Call) -> bool:
        return all(
            call.parameters.get(parameter) in (None, attribute(resource))
            for parameter, attribute in self.filters.items()
        )


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
