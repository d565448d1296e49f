"""CreateSolution, DescribeSolution, ListSolutions, DeleteSolution; nothing is trained."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from personalize_import_handler.data_checks.dataset_types import INTERACTIONS
from personalize_local.personalize import arns, messages
from personalize_local.personalize.errors import invalid_input
from personalize_local.personalize.models import Dataset, Solution
from personalize_local.personalize.operations.call import Call, without_nulls
from personalize_local.personalize.operations.resource_kinds import (
    ResourceKind,
    require_active,
    require_free,
    status_members,
)
from personalize_local.personalize.operations.tags import requested_tags
from personalize_local.personalize.resource_status import starting
from personalize_local.personalize.store import existing

_NOT_CONFIGURATION: Final = frozenset({"name", "datasetGroupArn", "tags"})
# https://docs.aws.amazon.com/personalize/latest/dg/API_CreateSolution.html
_DEFAULTS: Final[Mapping[str, object]] = {
    "performHPO": False,
    "performAutoML": False,
    "performAutoTraining": True,
    "performIncrementalUpdate": False,
}


def create_solution(call: Call) -> dict[str, object]:
    """Create a solution in a group with imported interactions; it becomes ACTIVE later."""
    parameters = call.parameters
    arn = arns.solution_arn(call.at, parameters["name"])
    tags = requested_tags(call)
    with call.resources() as (resources, now):
        group = existing(resources.dataset_groups, parameters["datasetGroupArn"])
        require_active(group, now)
        require_free(arn, resources.solutions)
        if not _has_interactions(resources.datasets, group.arn):
            raise invalid_input(messages.NO_IMPORTED_INTERACTIONS)
        given = {name: value for name, value in parameters.items() if name not in _NOT_CONFIGURATION}
        resources.solutions[arn] = Solution(
            name=parameters["name"],
            arn=arn,
            dataset_group_arn=group.arn,
            life=starting(now, call.settings.solution_creation_seconds),
            configuration={**_DEFAULTS, **given},
        )
        resources.tags[arn] = tags
    return {"solutionArn": arn}


def delete_solution(call: Call) -> None:
    """Start the deletion of a solution."""
    arn = call.parameters["solutionArn"]
    with call.resources() as (resources, now):
        solution = existing(resources.solutions, arn)
        require_active(solution, now)
        life = solution.life.deleting(now, call.settings.deletion_seconds)
        resources.solutions[arn] = replace(solution, life=life)


def _has_interactions(datasets: Mapping[str, Dataset], dataset_group_arn: str) -> bool:
    dataset = datasets.get(arns.dataset_arn(dataset_group_arn, INTERACTIONS))
    return dataset is not None and dataset.has_bulk_data


def _summary(solution: Solution, now: float) -> dict[str, object]:
    recipe = without_nulls(recipeArn=solution.configuration.get("recipeArn"))
    return {"solutionArn": solution.arn, **status_members(solution, now), **recipe}


_KIND: Final = ResourceKind(
    name="Solution",
    stored=lambda resources: resources.solutions,
    summary=_summary,
    details=lambda solution: {**solution.configuration, "datasetGroupArn": solution.dataset_group_arn},
    filters={"datasetGroupArn": lambda solution: solution.dataset_group_arn},
)
OPERATIONS: Final = {**_KIND.operations, "CreateSolution": create_solution, "DeleteSolution": delete_solution}
