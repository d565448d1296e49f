"""The kinds of generic resources: the service stores them, they have a lifecycle, and do nothing.

The members of requests and responses are those of the API model. The rest of each kind is in the table below, from the
pages of the Create and Delete operations, such as
https://docs.aws.amazon.com/personalize/latest/dg/API_CreateCampaign.html, and from
https://docs.aws.amazon.com/personalize/latest/dg/limits.html.

It is not documented which status other than ACTIVE a resource must have to be deleted or updated, that a dataset
group's filters, recommenders and metric attributions must be deleted before it, nor the default of `numResults`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from personalize_local.personalize.arns import arn_of
from personalize_local.personalize.interfaces import AccountRegion
from personalize_local.personalize.resource_status import ACTIVE, CREATION, INACTIVE
from personalize_local.personalize.service_model import input_shape, member_name

DELETION_JOB: Final = ("PENDING", "IN_PROGRESS", "COMPLETED")
RUNNING: Final = frozenset({"CREATE PENDING", "CREATE IN_PROGRESS", "CREATE STOPPING", "PENDING", "IN_PROGRESS"})


@dataclass(frozen=True, kw_only=True)
class Quota:
    """The number of resources of one kind that may exist at once; `setting` is its name in `limits.Settings`."""

    setting: str
    per: str | None = None
    """The member by whose value the resources are counted, such as `datasetGroupArn`; by default, all are counted."""
    statuses: frozenset[str] | None = None
    """The statuses that count; by default, all."""


@dataclass(frozen=True, kw_only=True)
class GenericKind:
    """One kind of generic resource."""

    name: str
    """The kind's name in operations: `EventTracker` in CreateEventTracker."""
    arn_path: str
    """The resource part of the ARN; `{name}` is the resource's name, `{id}` an id that the service generates."""
    seconds: str = "resource_creation_seconds"
    """The setting with the duration of the creation."""
    statuses: tuple[str, ...] = CREATION
    parents: tuple[str, ...] = ("datasetGroupArn",)
    """The members of the request with the ARNs of resources that must exist and be ACTIVE."""
    keeps: tuple[str, ...] = ()
    """The members with the ARNs of resources that can't be deleted before this one."""
    keeps_while_running: tuple[str, ...] = ()
    """The same, as long as this one is being created."""
    defaults: Mapping[str, object] = field(default_factory=dict)
    quotas: tuple[Quota, ...] = ()
    has_effect: bool = False
    """True if a resource of this kind does something besides existing."""

    @property
    def name_member(self) -> str:
        """The member with the name."""
        return "jobName" if self.name.endswith("Job") else "name"

    @property
    def arn_member(self) -> str:
        """The member with the ARN."""
        return f"{member_name(self.name)}Arn"

    @property
    def words(self) -> str:
        """The kind in words: "event tracker"."""
        return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in self.name).strip()

    def arn(self, at: AccountRegion, parameters: Mapping[str, Any], new_id: str) -> str:
        """Return the ARN of a resource that a Create request asks for."""
        solution = parameters.get("solutionArn", "").rpartition(":")[2]
        path = self.arn_path.format(name=parameters.get(self.name_member), id=new_id, solution=solution)
        return arn_of(at, path)

    @property
    def is_taggable(self) -> bool:
        """True if the Create operation accepts tags."""
        return "tags" in input_shape(f"Create{self.name}").members


_GROUP: Final = "datasetGroupArn"
_VERSION_JOB: Final = ("solutionArn", "filterArn")

GENERIC_KINDS: Final[Mapping[str, GenericKind]] = {
    kind.name: kind
    for kind in (
        GenericKind(
            name="Solution",
            arn_path="solution/{name}",
            # Not documented, but seen: a version could be created within the second in which its solution was created.
            statuses=(ACTIVE,),
            keeps=(_GROUP,),
            defaults={
                "performHPO": False,
                "performAutoML": False,
                "performAutoTraining": True,
                "performIncrementalUpdate": False,
            },
            quotas=(Quota(setting="solutions_per_dataset_group", per=_GROUP),),
        ),
        GenericKind(
            name="SolutionVersion",
            arn_path="{solution}/{id}",
            seconds="training_seconds",
            parents=("solutionArn",),
            keeps_while_running=("solutionArn",),
            defaults={"trainingMode": "FULL", "trainingType": "MANUAL"},
            quotas=(Quota(setting="running_solution_versions", statuses=RUNNING),),
        ),
        GenericKind(
            name="Campaign",
            arn_path="campaign/{name}",
            parents=("solutionVersionArn",),
            keeps=("solutionArn",),
            defaults={"minProvisionedTPS": 1},
            quotas=(Quota(setting="campaigns_per_dataset_group", per=_GROUP),),
        ),
        GenericKind(
            name="Recommender",
            arn_path="recommender/{name}",
            seconds="training_seconds",
            keeps=(_GROUP,),
            quotas=(Quota(setting="recommenders_per_dataset_group", per=_GROUP),),
        ),
        GenericKind(
            name="EventTracker",
            arn_path="event-tracker/{id}",
            keeps=(_GROUP,),
            quotas=(Quota(setting="event_trackers_per_dataset_group", per=_GROUP),),
            has_effect=True,  # PutEvents finds the dataset by its tracking id
        ),
        GenericKind(
            name="Filter",
            arn_path="filter/{name}",
            keeps=(_GROUP,),
            quotas=(Quota(setting="filters_per_dataset_group", per=_GROUP),),
        ),
        GenericKind(
            name="MetricAttribution",
            arn_path="metric-attribution/{name}",
            keeps=(_GROUP,),
            quotas=(Quota(setting="metric_attributions_per_dataset_group", per=_GROUP),),
        ),
        GenericKind(
            name="BatchInferenceJob",
            arn_path="batch-inference-job/{name}",
            seconds="job_seconds",
            parents=("solutionVersionArn", "filterArn"),
            keeps_while_running=_VERSION_JOB,
            defaults={"batchInferenceJobMode": "BATCH_INFERENCE", "numResults": 25},
            quotas=(Quota(setting="running_batch_inference_jobs", statuses=RUNNING),),
        ),
        GenericKind(
            name="BatchSegmentJob",
            arn_path="batch-segment-job/{name}",
            seconds="job_seconds",
            parents=("solutionVersionArn", "filterArn"),
            keeps_while_running=_VERSION_JOB,
            defaults={"numResults": 25},
            quotas=(Quota(setting="running_batch_segment_jobs", statuses=RUNNING),),
        ),
        GenericKind(
            name="DatasetExportJob",
            arn_path="dataset-export-job/{name}",
            seconds="job_seconds",
            parents=("datasetArn",),
            keeps_while_running=("datasetArn",),
            defaults={"ingestionMode": "PUT"},
            has_effect=True,
        ),
        GenericKind(
            name="DataDeletionJob",
            arn_path="data-deletion-job/{name}",
            seconds="job_seconds",
            statuses=DELETION_JOB,
            keeps_while_running=(_GROUP,),
            has_effect=True,
            quotas=(
                Quota(
                    setting="pending_data_deletion_jobs_per_dataset_group", per=_GROUP, statuses=frozenset({"PENDING"})
                ),
            ),
        ),
    )
}
"""The kinds by their names."""

DELETABLE: Final = frozenset({ACTIVE, INACTIVE, "CREATE FAILED", "CREATE STOPPED"})
"""The statuses in which a resource can be deleted."""
