"""The resources that keep others from being deleted."""

from collections.abc import Iterator
from typing import Final

from personalize_import_handler.data_checks.dataset_types import INTERACTIONS
from personalize_local.personalize.generic_kinds import GENERIC_KINDS, RUNNING
from personalize_local.personalize.models import Dataset
from personalize_local.personalize.store import Resources

# https://docs.aws.amazon.com/personalize/latest/dg/delete-dataset.html
_USE_DATASETS: Final = frozenset({"Filter", "Campaign", "Recommender"})
_USE_DATASETS_WHILE_RUNNING: Final = frozenset(
    {"SolutionVersion", "BatchInferenceJob", "BatchSegmentJob", "DataDeletionJob"}
)


def users_of(arn: str, resources: Resources, now: float) -> Iterator[str]:
    """Yield the ARNs of the datasets and generic resources without which a resource can be deleted."""
    for dataset in resources.datasets.values():
        if dataset.dataset_group_arn == arn:
            yield dataset.arn
    for resource in resources.generic.values():
        kind = GENERIC_KINDS[resource.kind]
        keeping = kind.keeps + (kind.keeps_while_running if resource.status(now) in RUNNING else ())
        if arn in [resource.members.get(member) for member in keeping]:
            yield resource.arn


def users_of_dataset(dataset: Dataset, resources: Resources, now: float) -> Iterator[str]:
    """Yield the ARNs of the generic resources that use a dataset through its dataset group, or export it."""
    yield from users_of(dataset.arn, resources, now)
    for resource in resources.generic.values():
        if resource.members.get("datasetGroupArn") != dataset.dataset_group_arn:
            continue
        is_running = resource.status(now) in RUNNING
        is_source_of_events = resource.kind == "EventTracker" and dataset.dataset_type == INTERACTIONS
        if (
            resource.kind in _USE_DATASETS
            or is_source_of_events
            or (is_running and resource.kind in _USE_DATASETS_WHILE_RUNNING)
        ):
            yield resource.arn
