"""CreateDatasetGroup, DescribeDatasetGroup, ListDatasetGroups, DeleteDatasetGroup."""

from dataclasses import replace

from personalize_local.personalize import arns, messages
from personalize_local.personalize.errors import already_exists, in_use, invalid_input, not_found
from personalize_local.personalize.json_protocol import timestamp
from personalize_local.personalize.models import DatasetGroup
from personalize_local.personalize.operations.call import Call, without_nulls
from personalize_local.personalize.operations.tags import keep_tags, requested_tags
from personalize_local.personalize.pagination import page
from personalize_local.personalize.resource_status import ACTIVE, new_life
from personalize_local.personalize.store import existing


def create_dataset_group(call: Call) -> dict[str, object]:
    """Make a dataset group; it is ACTIVE a little later."""
    parameters = call.parameters
    arn = arns.dataset_group_arn(call.scope, parameters["name"])
    if ("roleArn" in parameters) != ("kmsKeyArn" in parameters):
        raise invalid_input(messages.ROLE_NEEDS_KEY)
    tags = requested_tags(call)
    with call.resources() as (resources, now):
        if arn in resources.dataset_groups:
            raise already_exists(messages.name_taken(arn))
        resources.dataset_groups[arn] = DatasetGroup(
            name=parameters["name"],
            arn=arn,
            life=new_life(now, call.settings.dataset_group_creation_seconds),
            domain=parameters.get("domain"),
            role_arn=parameters.get("roleArn"),
            kms_key_arn=parameters.get("kmsKeyArn"),
        )
        keep_tags(resources, arn, tags)
    return without_nulls(datasetGroupArn=arn, domain=parameters.get("domain"))


def describe_dataset_group(call: Call) -> dict[str, object]:
    """Return a dataset group."""
    with call.resources() as (resources, now):
        group = existing(resources.dataset_groups, call.parameters["datasetGroupArn"])
    encryption = without_nulls(roleArn=group.role_arn, kmsKeyArn=group.kms_key_arn)
    return {"datasetGroup": {**_summary(group, now), **encryption}}


def list_dataset_groups(call: Call) -> dict[str, object]:
    """Return a page of the dataset groups."""
    with call.resources() as (resources, now):
        groups = list(resources.dataset_groups.values())
    chosen, more = page(groups, lambda g: (g.life.created_at, g.arn), call.parameters, call.settings.default_page_size)
    return {"datasetGroups": [_summary(group, now) for group in chosen], **more}


def delete_dataset_group(call: Call) -> None:
    """Start deleting a dataset group in which nothing is left."""
    arn = call.parameters["datasetGroupArn"]
    with call.resources() as (resources, now):
        group = resources.dataset_groups.get(arn)
        if group is None:
            raise not_found(messages.dataset_group_does_not_exist(arn))
        if group.status(now) != ACTIVE:
            raise in_use(messages.not_ready(arn, group.status(now)))
        for content in resources.contents_of(arn):
            raise in_use(messages.dataset_group_in_use(arn, content))
        life = group.life.deleting(now, call.settings.deletion_seconds)
        resources.dataset_groups[arn] = replace(group, life=life)


def _summary(group: DatasetGroup, now: float) -> dict[str, object]:
    return without_nulls(
        name=group.name,
        datasetGroupArn=group.arn,
        status=group.status(now),
        creationDateTime=timestamp(group.life.created_at),
        lastUpdatedDateTime=timestamp(group.life.last_updated_at(now)),
        domain=group.domain,
    )
