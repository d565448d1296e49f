"""Who may call what: the IAM actions and resources of every operation, in one table.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonpersonalize.html
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from personalize_local.personalize import arns
from personalize_local.personalize.errors import ServiceError
from personalize_local.personalize.interfaces import Caller, Scope

_PASSED_TO: Final = {"iam:PassedToService": "personalize.amazonaws.com"}
_ANY: Final = "*"

Parameters = Mapping[str, Any]
_Resources = Callable[[Scope, Parameters], Sequence[str]]


@dataclass(frozen=True)
class Permission:
    """One thing that the caller must be allowed to do."""

    action: str
    resource: str
    context: Mapping[str, object] = field(default_factory=dict)


def _given(*members: str) -> _Resources:
    return lambda _scope, parameters: [parameters[member] for member in members]


def _dataset(_scope: Scope, parameters: Parameters) -> Sequence[str]:
    group = parameters["datasetGroupArn"]
    return [arns.dataset_arn(group, parameters["datasetType"].upper()), group]


# A creation names the new resource first: that is the one that gets the tags.
_RESOURCES: Final[Mapping[str, _Resources]] = {
    "CreateSchema": lambda scope, parameters: [arns.schema_arn(scope, parameters["name"])],
    "CreateDatasetGroup": lambda scope, parameters: [arns.dataset_group_arn(scope, parameters["name"])],
    "CreateDataset": _dataset,
    "CreateDatasetImportJob": lambda scope, parameters: [
        arns.dataset_import_job_arn(scope, parameters["jobName"]),
        parameters["datasetArn"],
    ],
    "CreateSolution": lambda scope, parameters: [
        arns.solution_arn(scope, parameters["name"]),
        parameters["datasetGroupArn"],
    ],
    "DescribeSchema": _given("schemaArn"),
    "DescribeDatasetGroup": _given("datasetGroupArn"),
    "DescribeDataset": _given("datasetArn"),
    "DescribeDatasetImportJob": _given("datasetImportJobArn"),
    "DescribeSolution": _given("solutionArn"),
    "DeleteSchema": _given("schemaArn"),
    "DeleteDatasetGroup": _given("datasetGroupArn"),
    "DeleteDataset": _given("datasetArn"),
    "DeleteSolution": _given("solutionArn"),
    "TagResource": _given("resourceArn"),
    "UntagResource": _given("resourceArn"),
    "ListTagsForResource": _given("resourceArn"),
    # Lists have no resource-level permissions.
    "ListSchemas": lambda _scope, _parameters: [_ANY],
    "ListDatasetGroups": lambda _scope, _parameters: [_ANY],
    "ListDatasets": lambda _scope, _parameters: [_ANY],
    "ListDatasetImportJobs": lambda _scope, _parameters: [_ANY],
    "ListSolutions": lambda _scope, _parameters: [_ANY],
}


def required_permissions(operation: str, scope: Scope, parameters: Parameters) -> Iterator[Permission]:
    """Yield everything that a call needs, in the order in which it is checked."""
    resources = _RESOURCES[operation](scope, parameters)
    context = _tag_context(parameters)
    for resource in resources:
        yield Permission(f"personalize:{operation}", resource, context)
    if operation.startswith("Create") and parameters.get("tags"):
        yield Permission("personalize:TagResource", resources[0], context)
    if "roleArn" in parameters:
        yield Permission("iam:PassRole", parameters["roleArn"], _PASSED_TO)


def authorize(operation: str, parameters: Parameters, caller: Caller) -> None:
    """Raise AccessDeniedException for the first permission that the caller lacks."""
    for permission in required_permissions(operation, caller.scope, parameters):
        denial = caller.authorizer.denial(permission.action, permission.resource, permission.context)
        if denial is not None:
            raise ServiceError("AccessDeniedException", denial)


def _tag_context(parameters: Parameters) -> Mapping[str, object]:
    tags = parameters.get("tags") or []
    context: dict[str, object] = {f"aws:RequestTag/{tag['tagKey']}": tag["tagValue"] for tag in tags}
    keys = [tag["tagKey"] for tag in tags] or parameters.get("tagKeys") or []
    return {**context, "aws:TagKeys": list(keys)} if keys else {}
