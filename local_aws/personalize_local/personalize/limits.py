"""Settings of the service: durations in simulated seconds, and limits."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Final

from personalize_local.personalize.switches import Range, check_members

_RANGES: Final[Mapping[str, Range]] = {"default_page_size": (1, 100)}


@dataclass(frozen=True)
class Settings:
    """Durations and limits; the default limits are the real service's.

    A change applies to resources created afterwards: a running job keeps the durations it started with.
    """

    dataset_group_creation_seconds: float = 10
    dataset_creation_seconds: float = 5
    update_seconds: float = 5
    # Campaigns, event trackers, filters and metric attributions
    resource_creation_seconds: float = 5
    # Solution versions and recommenders; starting and stopping recommenders
    training_seconds: float = 20
    # Batch jobs, export jobs and data deletion jobs
    job_seconds: float = 20
    deletion_seconds: float = 5
    import_pending_seconds: float = 5
    # An import ends when this time has passed *and* its rows have been read.
    import_in_progress_seconds: float = 15

    # https://docs.aws.amazon.com/personalize/latest/dg/limits.html
    running_import_jobs: int = 5
    minimum_interactions: int = 1000
    full_import_bytes: int = 100_000_000_000
    incremental_import_bytes: int = 1_000_000_000
    tags_per_resource: int = 50
    dataset_groups: int = 5
    schemas: int = 500
    solutions_per_dataset_group: int = 10
    campaigns_per_dataset_group: int = 5
    recommenders_per_dataset_group: int = 5
    event_trackers_per_dataset_group: int = 1
    filters_per_dataset_group: int = 30
    metric_attributions_per_dataset_group: int = 1
    metrics_per_metric_attribution: int = 10
    running_solution_versions: int = 20
    running_batch_inference_jobs: int = 5
    running_batch_segment_jobs: int = 5
    pending_data_deletion_jobs_per_dataset_group: int = 5
    data_deletion_bytes: int = 100_000_000

    # It is not documented whether a dataset can have two running jobs; construct and tests assume that it can't.
    one_running_job_per_dataset: bool = True

    default_page_size: int = 100
    # Calls a second, per operation, account and Region, above which the service throttles; 0 turns it off. The
    # documented quota is 1 with an undocumented burst: https://docs.aws.amazon.com/general/latest/gr/personalize.html
    requests_per_second: float = 0
    request_burst: int = 5

    def __post_init__(self) -> None:
        """Raise ValueError for values of a wrong type or outside the allowed ranges."""
        check_members(Settings, asdict(self), _RANGES)

    def changed(self, changes: Mapping[str, object]) -> "Settings":
        """Return these settings with `changes` applied; raise ValueError for an unknown name or an invalid value."""
        check_members(Settings, changes, _RANGES)
        return replace(self, **changes)  # type: ignore[arg-type]  # checked above, name by name
