"""CreateDatasetGroup, DescribeDatasetGroup, ListDatasetGroups, DeleteDatasetGroup."""

from dataclasses import replace
from typing import Final

from personalize_local.personalize import arns, messages
from personalize_local.personalize.errors import in_use, invalid_input, not_found
from personalize_local.personalize.models import DatasetGroup
from personalize_local.personalize.operations.call import Call, without_nulls
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


def create_dataset_group(call: Call) -> dict[str, object]:
    """Create a dataset group, which becomes ACTIVE later."""
    parameters = call.parameters
    arn = arns.dataset_group_arn(call.at, parameters["name"])
    if ("roleArn" in parameters) != ("kmsKeyArn" in parameters):
        raise invalid_input(messages.ROLE_NEEDS_KEY)
    tags = requested_tags(call)
    with call.resources() as (resources, now):
        require_free(arn, resources.dataset_groups)
        require_quota("dataset group", len(resources.dataset_groups), call.settings.dataset_groups)
        resources.dataset_groups[arn] = DatasetGroup(
            name=parameters["name"],
            arn=arn,
            life=starting(now, call.settings.dataset_group_creation_seconds),
            domain=parameters.get("domain"),
            role_arn=parameters.get("roleArn"),
            kms_key_arn=parameters.get("kmsKeyArn"),
        )
        resources.tags[arn] = tags
    return without_nulls(datasetGroupArn=arn, domain=parameters.get("domain"))


def delete_dataset_group(call: Call) -> None:
    """Start the deletion of an empty dataset group."""
    arn = call.parameters["datasetGroupArn"]
    with call.resources() as (resources, now):
        group = resources.dataset_groups.get(arn)
        if group is None:
            raise not_found(messages.dataset_group_does_not_exist(arn))
        require_active(group, now)
        for user_arn in users_of(arn, resources, now):
            raise in_use(messages.resource_in_use(arn, user_arn))
        life = group.life.deleting(now, call.settings.deletion_seconds)
        resources.dataset_groups[arn] = replace(group, life=life)


def _members(group: DatasetGroup, now: float) -> dict[str, object]:
    return {
        "datasetGroupArn": group.arn,
        **status_members(group, now),
        "domain": group.domain,
        "roleArn": group.role_arn,
        "kmsKeyArn": group.kms_key_arn,
    }


_KIND: Final = ResourceKind(name="DatasetGroup", stored=lambda resources: resources.dataset_groups, members=_members)
OPERATIONS: Final = {
    **_KIND.operations,
    "CreateDatasetGroup": create_dataset_group,
    "DeleteDatasetGroup": delete_dataset_group,
}
