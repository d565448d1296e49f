"""The rules for creating and updating single kinds of generic resources, and the members that they derive.

A rule raises ServiceError for a request that can't be fulfilled, and returns members besides those of the request.
"""

import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

from personalize_import_handler.data_checks.dataset_types import INTERACTIONS
from personalize_local.personalize import arns, messages
from personalize_local.personalize.errors import invalid_input, limit_exceeded, not_found
from personalize_local.personalize.importing.data_location import location_of
from personalize_local.personalize.models import GenericResource
from personalize_local.personalize.operations.call import Call
from personalize_local.personalize.operations.resource_kinds import require_active
from personalize_local.personalize.recipes import RECIPES
from personalize_local.personalize.store import Resources, existing

Members = Mapping[str, Any]
Rule = Callable[[Call, Resources, float], Members]

_LATEST: Final = "/$LATEST"
_INHERITED: Final = (
    "datasetGroupArn",
    "eventType",
    "performAutoML",
    "performHPO",
    "performIncrementalUpdate",
    "recipeArn",
    "solutionConfig",
)
# https://docs.aws.amazon.com/personalize/latest/dg/filter-expressions.html: the beginning of every expression. The rest
# is not parsed, because generic resources do not filter.
_FILTER: Final = re.compile(r"\s*(INCLUDE|EXCLUDE)\s+(ItemID|UserID|ActionID)\s+WHERE\s+\S", re.IGNORECASE)
_PLACEHOLDER_NOT_IN: Final = re.compile(r"\bNOT\s+IN\s*\(\s*(\$\w+)", re.IGNORECASE)


def parent(resources: Resources, member: str, arn: str, now: float) -> Any:  # noqa: ANN401 - a resource of any kind
    """Return the ACTIVE resource that a request refers to by a member such as `solutionVersionArn`."""
    if member == "datasetGroupArn":
        found: Any = existing(resources.dataset_groups, arn)
    elif member == "datasetArn":
        found = existing(resources.datasets, arn)
    elif member == "solutionVersionArn" and arn.endswith(_LATEST):
        found = latest_version(resources, arn.removesuffix(_LATEST))
    else:
        found = existing(resources.generic_of(member[:1].upper() + member[1:].removesuffix("Arn")), arn)
    if found is None:
        raise not_found(messages.does_not_exist(arn))
    require_active(found, now)
    return found


def latest_version(resources: Resources, solution_arn: str) -> GenericResource | None:
    """Return the latest version of a solution, or None."""
    versions = resources.generic_of("SolutionVersion").values()
    found = [version for version in versions if version.members["solutionArn"] == solution_arn]
    return max(found, key=lambda version: version.created_at, default=None)


def solution(call: Call, resources: Resources, _now: float) -> Members:
    """Require a custom recipe, unless AutoML chooses one, and imported interactions."""
    recipe_arn = call.parameters.get("recipeArn")
    if recipe_arn is None and not call.parameters.get("performAutoML"):
        raise invalid_input(messages.RECIPE_REQUIRED)
    if recipe_arn is not None and "domain" in existing(RECIPES, recipe_arn).members:
        raise invalid_input(messages.recipe_of_another_kind(recipe_arn, "solution"))
    dataset = resources.datasets.get(arns.dataset_arn(call.parameters["datasetGroupArn"], INTERACTIONS))
    if dataset is None or not (dataset.has_bulk_data or len(dataset.recorded)):
        raise invalid_input(messages.NO_IMPORTED_INTERACTIONS)
    return {}


def solution_version(call: Call, resources: Resources, now: float) -> Members:
    """Inherit the configuration of the solution."""
    inherited = parent(resources, "solutionArn", call.parameters["solutionArn"], now).current_members(now)
    return {name: inherited[name] for name in _INHERITED if name in inherited}


def solution_of_version(call: Call, resources: Resources, now: float) -> Members:
    """Add the solution and dataset group of the solution version."""
    version = parent(resources, "solutionVersionArn", call.parameters["solutionVersionArn"], now)
    return {name: version.members[name] for name in ("solutionArn", "datasetGroupArn")}


def batch_job(call: Call, resources: Resources, now: float) -> Members:
    """Require locations in S3, which are not read or written."""
    location_of(call.parameters["jobInput"]["s3DataSource"]["path"], messages.INVALID_INPUT_PATH)
    location_of(call.parameters["jobOutput"]["s3DataDestination"]["path"], messages.INVALID_OUTPUT_PATH)
    return solution_of_version(call, resources, now)


def recommender(call: Call, resources: Resources, now: float) -> Members:
    """Require a recipe of the dataset group's domain."""
    recipe_arn = call.parameters["recipeArn"]
    group = parent(resources, "datasetGroupArn", call.parameters["datasetGroupArn"], now)
    if existing(RECIPES, recipe_arn).members.get("domain") != group.domain or group.domain is None:
        raise invalid_input(messages.recipe_of_another_kind(recipe_arn, "recommender in this dataset group"))
    return {}


def event_tracker(call: Call, _resources: Resources, _now: float) -> Members:
    """Generate a tracking id, with which clients send events."""
    return {"trackingId": str(uuid.uuid4()), "accountId": call.at.account}


def filter_expression(call: Call, _resources: Resources, _now: float) -> Members:
    """Check the beginning of the expression, and placeholders with NOT IN."""
    expression = call.parameters["filterExpression"]
    if placeholder := _PLACEHOLDER_NOT_IN.search(expression):
        raise invalid_input(messages.placeholder_with_not_in(placeholder.group(1)))
    if not _FILTER.match(expression):
        raise invalid_input(messages.INVALID_FILTER)
    return {}


def metric_attribution(call: Call, _resources: Resources, _now: float) -> Members:
    """Check the number of metrics and their names."""
    require_metrics(call, call.parameters["metrics"])
    return {}


def require_metrics(call: Call, metrics: list[Mapping[str, str]]) -> None:
    """Raise ServiceError if a metric attribution can't have these metrics."""
    if len({metric["metricName"] for metric in metrics}) < len(metrics):
        raise invalid_input(messages.METRIC_NAMES_NOT_UNIQUE)
    if len(metrics) > call.settings.metrics_per_metric_attribution:
        raise limit_exceeded(messages.too_many_resources("metric", call.settings.metrics_per_metric_attribution))


def updated_solution(call: Call, resources: Resources, now: float) -> Members:
    """Merge the changed part of the configuration."""
    resource = existing(resources.generic_of("Solution"), call.parameters["solutionArn"])
    configuration = resource.current_members(now).get("solutionConfig", {})
    return {"solutionConfig": {**configuration, **call.parameters.get("solutionUpdateConfig", {})}}


def updated_campaign(call: Call, resources: Resources, now: float) -> Members:
    """Require a version of the campaign's solution, if one is given."""
    if "solutionVersionArn" not in call.parameters:
        return {}
    campaign = existing(resources.generic_of("Campaign"), call.parameters["campaignArn"])
    derived = solution_of_version(call, resources, now)
    if derived["solutionArn"] != campaign.members["solutionArn"]:
        raise invalid_input(messages.version_of_another_solution(call.parameters["solutionVersionArn"]))
    return {}


CREATION_RULES: Final[Mapping[str, Rule]] = {
    "Solution": solution,
    "SolutionVersion": solution_version,
    "Campaign": solution_of_version,
    "Recommender": recommender,
    "EventTracker": event_tracker,
    "Filter": filter_expression,
    "MetricAttribution": metric_attribution,
    "BatchInferenceJob": batch_job,
    "BatchSegmentJob": batch_job,
}
"""The rules for creating a resource, by its kind."""
UPDATE_RULES: Final[Mapping[str, Rule]] = {"Solution": updated_solution, "Campaign": updated_campaign}
"""The rules for updating a resource, by its kind."""
