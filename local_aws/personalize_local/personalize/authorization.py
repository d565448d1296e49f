"""Authorization of calls: the IAM actions and resources of each operation.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonpersonalize.html
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from personalize_local.personalize import arns
from personalize_local.personalize.errors import ServiceError
from personalize_local.personalize.generic_kinds import GENERIC_KINDS
from personalize_local.personalize.interfaces import AccountRegion, Caller
from personalize_local.personalize.service_model import input_shape

_PASSED_TO: Final = {"iam:PassedToService": "personalize.amazonaws.com"}

Parameters = Mapping[str, Any]


@dataclass(frozen=True)
class Permission:
    """One action that the caller must be allowed."""

    action: str
    resource: str
    context: Mapping[str, object] = field(default_factory=dict)


# The new resource comes first, because it gets the tags.
_RESOURCES_OF_CREATE: Final[Mapping[str, Callable[[AccountRegion, Parameters], Sequence[str]]]] = {
    "CreateSchema": lambda at, given: [arns.schema_arn(at, given["name"])],
    "CreateDatasetGroup": lambda at, given: [arns.dataset_group_arn(at, given["name"])],
    "CreateDataset": lambda _at, given: [
        arns.dataset_arn(given["datasetGroupArn"], given["datasetType"].upper()),
        given["datasetGroupArn"],
    ],
    "CreateDatasetImportJob": lambda at, given: [
        arns.dataset_import_job_arn(at, given["jobName"]),
        given["datasetArn"],
    ],
}
_TAG_OPERATIONS: Final = frozenset({"TagResource", "UntagResource", "ListTagsForResource"})


def required_permissions(operation: str, at: AccountRegion, parameters: Parameters) -> Iterator[Permission]:
    """Yield the permissions that a call requires, in the order in which they are checked."""
    resources = _resources(operation, at, parameters)
    context = _tag_context(parameters)
    for resource in resources:
        yield Permission(f"personalize:{operation}", resource, context)
    if operation.startswith("Create") and parameters.get("tags"):
        yield Permission("personalize:TagResource", resources[0], context)
    for role_arn in _passed_roles(parameters):
        yield Permission("iam:PassRole", role_arn, _PASSED_TO)


def authorize(operation: str, parameters: Parameters, caller: Caller) -> None:
    """Raise AccessDeniedException for the first permission that the caller lacks."""
    for permission in required_permissions(operation, caller.at, parameters):
        denial = caller.authorizer.denial(permission.action, permission.resource, permission.context)
        if denial is not None:
            raise ServiceError("AccessDeniedException", denial)


def _resources(operation: str, at: AccountRegion, parameters: Parameters) -> Sequence[str]:
    if operation in _RESOURCES_OF_CREATE:
        return _RESOURCES_OF_CREATE[operation](at, parameters)
    if operation in _TAG_OPERATIONS:
        return [parameters["resourceArn"]]
    if operation.startswith("List"):
        return ["*"]  # lists have no resource-level permissions
    kind = GENERIC_KINDS.get(operation.removeprefix("Create"))
    if kind is not None:
        return [kind.arn(at, parameters, "*"), *(parameters[member] for member in kind.parents if member in parameters)]
    given = [parameters[name] for name in input_shape(operation).members if name.endswith("Arn") and name in parameters]
    return given or ["*"]


def _passed_roles(parameters: Parameters) -> Iterator[str]:
    for holder in (parameters, parameters.get("metricsOutputConfig", {})):
        if "roleArn" in holder:
            yield holder["roleArn"]


def _tag_context(parameters: Parameters) -> Mapping[str, object]:
    tags = parameters.get("tags") or []
    context: dict[str, object] = {f"aws:RequestTag/{tag['tagKey']}": tag["tagValue"] for tag in tags}
    keys = [tag["tagKey"] for tag in tags] or parameters.get("tagKeys") or []
    return {**context, "aws:TagKeys": list(keys)} if keys else {}
