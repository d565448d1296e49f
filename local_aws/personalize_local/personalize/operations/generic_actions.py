"""The operations of generic resources that their kind doesn't determine."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from personalize_local.personalize import messages, recipes
from personalize_local.personalize.errors import in_use, invalid_input
from personalize_local.personalize.generic_kinds import GENERIC_KINDS
from personalize_local.personalize.models import GenericResource
from personalize_local.personalize.operations.call import Call, Operation
from personalize_local.personalize.operations.generic_resources import generic_members, resource_kind
from personalize_local.personalize.operations.generic_rules import latest_version, require_metrics
from personalize_local.personalize.operations.resource_kinds import ResourceKind, require_active
from personalize_local.personalize.pagination import page
from personalize_local.personalize.resource_status import (
    ACTIVE,
    CREATE_IN_PROGRESS,
    CREATE_PENDING,
    CREATE_STOPPED,
    INACTIVE,
)
from personalize_local.personalize.service_model import members_of_shape, service_model, structure
from personalize_local.personalize.store import existing

# The names are documented, the figures are fixed: nothing is trained.
# https://docs.aws.amazon.com/personalize/latest/dg/working-with-training-metrics.html
FIXED_METRICS: Final[Mapping[str, float]] = {
    "coverage": 0.27,
    "mean_reciprocal_rank_at_25": 0.0379,
    "normalized_discounted_cumulative_gain_at_5": 0.0405,
    "normalized_discounted_cumulative_gain_at_10": 0.0513,
    "normalized_discounted_cumulative_gain_at_25": 0.0828,
    "precision_at_5": 0.0136,
    "precision_at_10": 0.0102,
    "precision_at_25": 0.0091,
}
# By operation: the kind, and by the present status, the statuses that follow.
_TRANSITIONS: Final[Mapping[str, tuple[str, Mapping[str, tuple[str, ...]]]]] = {
    "StopRecommender": ("Recommender", {ACTIVE: ("STOP PENDING", "STOP IN_PROGRESS", INACTIVE)}),
    "StartRecommender": ("Recommender", {INACTIVE: ("START PENDING", "START IN_PROGRESS", ACTIVE)}),
    "StopSolutionVersionCreation": (
        "SolutionVersion",
        {CREATE_PENDING: (CREATE_STOPPED,), CREATE_IN_PROGRESS: ("CREATE STOPPING", CREATE_STOPPED)},
    ),
}


def describe_solution(call: Call) -> dict[str, object]:
    """Return a solution with its latest version."""
    description = resource_kind(GENERIC_KINDS["Solution"]).describe(call)
    with call.resources() as (resources, now):
        version = latest_version(resources, call.parameters["solutionArn"])
    if version is not None:
        shape = structure(service_model().shape_for("SolutionVersionSummary"))
        summary = members_of_shape(shape, generic_members(version, now))
        description["solution"] = {**_mapping(description["solution"]), "latestSolutionVersion": summary}
    return description


def get_solution_metrics(call: Call) -> dict[str, object]:
    """Return fixed figures for an ACTIVE solution version."""
    arn = call.parameters["solutionVersionArn"]
    with call.resources() as (resources, now):
        require_active(existing(resources.generic_of("SolutionVersion"), arn), now)
    return {"solutionVersionArn": arn, "metrics": dict(FIXED_METRICS)}


def list_metric_attribution_metrics(call: Call) -> dict[str, object]:
    """Return the metrics of a metric attribution, in pages."""
    with call.resources() as (resources, now):
        resource = existing(resources.generic_of("MetricAttribution"), _metric_attribution_arn(call))
        metrics = list(resource.current_members(now)["metrics"])
    size = call.settings.default_page_size
    chosen, more = page(metrics, lambda metric: (0.0, metric["metricName"]), call.parameters, size)
    return {"metrics": chosen, **more}


def update_metric_attribution(call: Call) -> dict[str, object]:
    """Change a metric attribution; it is not documented that this takes time, so it doesn't."""
    arn, removed = _metric_attribution_arn(call), call.parameters.get("removeMetrics", [])
    with call.resources() as (resources, now):
        resource = existing(resources.generic_of("MetricAttribution"), arn)
        require_active(resource, now)
        kept = [metric for metric in resource.members["metrics"] if metric["metricName"] not in removed]
        metrics = [*kept, *call.parameters.get("addMetrics", [])]
        require_metrics(call, metrics)
        output = call.parameters.get("metricsOutputConfig", resource.members["metricsOutputConfig"])
        changed = {**resource.members, "metrics": metrics, "metricsOutputConfig": output}
        resources.generic[arn] = replace(resource, members=changed)
    return {"metricAttributionArn": arn}


def _metric_attribution_arn(call: Call) -> str:
    """Return the ARN, which is optional in the API model."""
    if "metricAttributionArn" not in call.parameters:
        raise invalid_input(messages.METRIC_ATTRIBUTION_REQUIRED)
    return str(call.parameters["metricAttributionArn"])


def _transition(operation: str, call: Call) -> dict[str, object] | None:
    """Start the statuses that follow the present one; refuse the call in another status."""
    kind_name, followers = _TRANSITIONS[operation]
    kind = GENERIC_KINDS[kind_name]
    arn = call.parameters[kind.arn_member]
    with call.resources() as (resources, now):
        resource = existing(resources.generic_of(kind_name), arn)
        status = resource.status(now)
        if status not in followers:
            raise in_use(messages.wrong_status(arn, status, followers))
        life = resource.life.then(now, getattr(call.settings, kind.seconds), followers[status])
        resources.generic[arn] = replace(resource, life=life)
    return {kind.arn_member: arn} if service_model().operation_model(operation).output_shape else None


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _read_only(name: str, stored: Mapping[str, GenericResource]) -> ResourceKind[GenericResource]:
    return ResourceKind(name=name, stored=lambda _resources: stored, members=generic_members)


OPERATIONS: Final[Mapping[str, Operation]] = {
    **_read_only("Recipe", recipes.RECIPES).operations,
    "DescribeAlgorithm": _read_only("Algorithm", recipes.ALGORITHMS).describe,
    "DescribeFeatureTransformation": _read_only("FeatureTransformation", recipes.FEATURE_TRANSFORMATIONS).describe,
    "DescribeSolution": describe_solution,
    "GetSolutionMetrics": get_solution_metrics,
    "ListMetricAttributionMetrics": list_metric_attribution_metrics,
    "UpdateMetricAttribution": update_metric_attribution,
    **{operation: partial(_transition, operation) for operation in _TRANSITIONS},
}
