"""CreateSolution, DescribeSolution, ListSolutions, DeleteSolution. Nothing is trained: a solution is a record here."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from personalize_import_handler.data_checks.dataset_types import INTERACTIONS
from personalize_local.personalize import arns, messages
from personalize_local.personalize.errors import already_exists, in_use, invalid_input
from personalize_local.personalize.json_protocol import timestamp
from personalize_local.personalize.models import Dataset, Solution
from personalize_local.personalize.operations.call import Call, without_nulls
from personalize_local.personalize.operations.tags import keep_tags, requested_tags
from personalize_local.personalize.pagination import page
from personalize_local.personalize.resource_status import ACTIVE, new_life
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
    """Make a solution in a group that has interactions; it is ACTIVE a little later."""
    parameters = call.parameters
    arn = arns.solution_arn(call.scope, parameters["name"])
    tags = requested_tags(call)
    with call.resources() as (resources, now):
        group = existing(resources.dataset_groups, parameters["datasetGroupArn"])
        if group.status(now) != ACTIVE:
            raise in_use(messages.not_ready(group.arn, group.status(now)))
        if arn in resources.solutions:
            raise already_exists(messages.name_taken(arn))
        if not _has_interactions(resources.datasets, group.arn):
            raise invalid_input(messages.NO_IMPORTED_INTERACTIONS)
        given = {name: value for name, value in parameters.items() if name not in _NOT_CONFIGURATION}
        resources.solutions[arn] = Solution(
            name=parameters["name"],
            arn=arn,
            dataset_group_arn=group.arn,
            life=new_life(now, call.settings.solution_creation_seconds),
            configuration={**_DEFAULTS, **given},
        )
        keep_tags(resources, arn, tags)
    return {"solutionArn": arn}


def describe_solution(call: Call) -> dict[str, object]:
    """Return a solution as it was asked for."""
    with call.resources() as (resources, now):
        solution = existing(resources.solutions, call.parameters["solutionArn"])
    whole = {**_summary(solution, now), **solution.configuration, "datasetGroupArn": solution.dataset_group_arn}
    return {"solution": whole}


def list_solutions(call: Call) -> dict[str, object]:
    """Return a page of the solutions, of one group or of all."""
    group_arn = call.parameters.get("datasetGroupArn")
    with call.resources() as (resources, now):
        solutions = [s for s in resources.solutions.values() if group_arn in (None, s.dataset_group_arn)]
    size = call.settings.default_page_size
    chosen, more = page(solutions, lambda s: (s.life.created_at, s.arn), call.parameters, size)
    return {"solutions": [_summary(solution, now) for solution in chosen], **more}


def delete_solution(call: Call) -> None:
    """Start deleting a solution."""
    arn = call.parameters["solutionArn"]
    with call.resources() as (resources, now):
        solution = existing(resources.solutions, arn)
        if solution.status(now) != ACTIVE:
            raise in_use(messages.not_ready(arn, solution.status(now)))
        life = solution.life.deleting(now, call.settings.deletion_seconds)
        resources.solutions[arn] = replace(solution, life=life)


def _has_interactions(datasets: Mapping[str, Dataset], dataset_group_arn: str) -> bool:
    dataset = datasets.get(arns.dataset_arn(dataset_group_arn, INTERACTIONS))
    return dataset is not None and dataset.has_bulk_data


def _summary(solution: Solution, now: float) -> dict[str, object]:
    return without_nulls(
        name=solution.name,
        solutionArn=solution.arn,
        status=solution.status(now),
        creationDateTime=timestamp(solution.life.created_at),
        lastUpdatedDateTime=timestamp(solution.life.last_updated_at(now)),
        recipeArn=solution.configuration.get("recipeArn"),
    )
