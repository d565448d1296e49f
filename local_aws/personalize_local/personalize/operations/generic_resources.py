"""Create, Describe, List, Update and Delete operations of all kinds of generic resources."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from personalize_local.personalize import messages
from personalize_local.personalize.errors import in_use, limit_exceeded
from personalize_local.personalize.generic_kinds import DELETABLE, GENERIC_KINDS, RUNNING, GenericKind, Quota
from personalize_local.personalize.json_protocol import timestamp
from personalize_local.personalize.models import GenericResource, GenericUpdate
from personalize_local.personalize.operations.call import Call, Operation
from personalize_local.personalize.operations.generic_rules import CREATION_RULES, UPDATE_RULES, Members, parent
from personalize_local.personalize.operations.resource_kinds import (
    ResourceKind,
    require_active,
    require_free,
    require_quota,
    status_members,
)
from personalize_local.personalize.operations.tags import requested_tags
from personalize_local.personalize.operations.usage import users_of
from personalize_local.personalize.resource_status import starting
from personalize_local.personalize.service_model import (
    has_operation,
    input_shape,
    member_name,
    members_of_shape,
    output_shape,
)
from personalize_local.personalize.store import Resources, existing

_ID_BYTES: Final = 4
_AFTER_THE_END: Final = frozenset({"failureReason", "numDeleted"})


def create(kind: GenericKind, call: Call) -> dict[str, object]:
    """Create a resource whose creation has no other effect."""
    with call.resources() as (resources, now):
        require_parents(kind, call, resources, now)
        derived = CREATION_RULES[kind.name](call, resources, now)
        return add_resource(kind, call, derived)


def require_parents(kind: GenericKind, call: Call, resources: Resources, now: float) -> None:
    """Raise ServiceError unless the resources that a request refers to exist and are ACTIVE."""
    for member in kind.parents:
        if member in call.parameters:
            parent(resources, member, call.parameters[member], now)


def add_resource(kind: GenericKind, call: Call, derived: Members) -> dict[str, object]:
    """Store a new resource if its name is free and the quotas allow it, and return the response.

    Args:
        kind: The kind of the resource.
        call: The call of the Create operation.
        derived: Members besides those of the request. With a `failureReason`, the creation fails at its end.
    """
    tags = requested_tags(call)
    given = {name: value for name, value in call.parameters.items() if name != "tags"}
    members = {**kind.defaults, **given, **derived}
    arn = kind.arn(call.at, call.parameters, secrets.token_hex(_ID_BYTES))
    with call.resources() as (resources, now):
        require_free(arn, resources.generic)
        for quota in kind.quotas:
            _require_quota(kind, quota, members, resources, now, getattr(call.settings, quota.setting))
        statuses = kind.statuses if "failureReason" not in derived else _failing(kind.statuses)
        life = starting(now, getattr(call.settings, kind.seconds), statuses)
        name = given.get(kind.name_member, "")
        resources.generic[arn] = GenericResource(kind=kind.name, name=name, arn=arn, life=life, members=members)
        resources.tags[arn] = tags
    return members_of_shape(output_shape(f"Create{kind.name}"), {**members, kind.arn_member: arn})


def update(kind: GenericKind, call: Call) -> dict[str, object]:
    """Start an update, during which the resource stays ACTIVE."""
    arn = call.parameters[kind.arn_member]
    with call.resources() as (resources, now):
        resource = existing(resources.generic_of(kind.name), arn)
        require_active(resource, now)
        if resource.update and resource.update.life.status(now) in RUNNING:
            raise in_use(messages.not_ready(arn, resource.update.life.status(now)))
        rule = UPDATE_RULES.get(kind.name)
        changes = {name: value for name, value in call.parameters.items() if name != kind.arn_member}
        changes |= rule(call, resources, now) if rule else {}
        later = GenericUpdate(members=changes, life=starting(now, call.settings.update_seconds))
        resources.generic[arn] = replace(resource, members=resource.current_members(now), update=later)
    return {kind.arn_member: arn}


def delete(kind: GenericKind, call: Call) -> None:
    """Start the deletion of a resource that no other resource keeps."""
    arn = call.parameters[kind.arn_member]
    with call.resources() as (resources, now):
        resource = existing(resources.generic_of(kind.name), arn)
        if resource.status(now) not in DELETABLE:
            raise in_use(messages.not_ready(arn, resource.status(now)))
        for user_arn in users_of(arn, resources, now):
            raise in_use(messages.resource_in_use(arn, user_arn))
        life = resource.life.deleting(now, call.settings.deletion_seconds)
        resources.generic[arn] = replace(resource, life=life)


def generic_members(resource: GenericResource, now: float) -> Mapping[str, Any]:
    """Return the members of a resource's Describe and List responses at a time."""
    kind, status = GENERIC_KINDS.get(resource.kind), resource.status(now)
    members = {
        **resource.current_members(now),
        **status_members(resource, now),
        f"{member_name(resource.kind)}Arn": resource.arn,
    }
    if kind is not None:
        members[kind.name_member] = resource.name or None
    if status in RUNNING:
        members = {name: value for name, value in members.items() if name not in _AFTER_THE_END}
    if resource.update is not None:
        life = resource.update.life
        members[f"latest{resource.kind}Update"] = {
            **_update_members(resource, resource.update.members),
            "status": life.status(now),
            "creationDateTime": timestamp(life.created_at),
            "lastUpdatedDateTime": timestamp(life.last_updated_at(now)),
        }
    return members


def _update_members(resource: GenericResource, changes: Members) -> dict[str, object]:
    return {name: value for name, value in changes.items() if name in input_shape(f"Update{resource.kind}").members}


def _require_quota(
    kind: GenericKind, quota: Quota, members: Members, resources: Resources, now: float, limit: int
) -> None:
    counted = [
        resource
        for resource in resources.generic_of(kind.name).values()
        if (quota.statuses is None or resource.status(now) in quota.statuses)
        and (quota.per is None or resource.members.get(quota.per) == members.get(quota.per))
    ]
    if quota.statuses is not None and len(counted) >= limit:
        raise limit_exceeded(messages.too_many_running_jobs(limit))
    require_quota(kind.words, len(counted), limit)


def _failing(statuses: tuple[str, ...]) -> tuple[str, ...]:
    return (*statuses[:-1], "CREATE FAILED" if statuses[0].startswith("CREATE") else "FAILED")


def resource_kind(kind: GenericKind) -> ResourceKind[GenericResource]:
    """Return the Describe and List operations of a kind."""
    return ResourceKind(
        name=kind.name, stored=lambda resources: resources.generic_of(kind.name), members=generic_members
    )


def _operations(kind: GenericKind) -> dict[str, Operation]:
    every = {"Create": create, "Update": update, "Delete": delete}
    named = {f"{verb}{kind.name}": partial(operation, kind) for verb, operation in every.items()}
    existing_ones = {name: operation for name, operation in named.items() if has_operation(name)}
    return {**resource_kind(kind).operations, **existing_ones}


OPERATIONS: Final[Mapping[str, Operation]] = {
    name: operation for kind in GENERIC_KINDS.values() for name, operation in _operations(kind).items()
}
