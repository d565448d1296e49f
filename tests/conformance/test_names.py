"""Names that are in use."""

import pytest
from botocore.exceptions import ClientError

from tests.conformance.support.assumptions import Mark, assumption
from tests.conformance.support.data import schema
from tests.conformance.support.imports import EndedJob, Imports
from tests.conformance.support.recording import Observations
from tests.conformance.support.resources import ACTIVE, Resources
from tests.conformance.support.target import Target, until

_CREATE_JOB = "https://docs.aws.amazon.com/personalize/latest/dg/API_CreateDatasetImportJob.html"
_CREATE_SCHEMA = "https://docs.aws.amazon.com/personalize/latest/dg/API_CreateSchema.html"
_CREATE_GROUP = "https://docs.aws.amazon.com/personalize/latest/dg/API_CreateDatasetGroup.html"


@assumption(
    "A dataset import job with the name of an existing one is refused: ResourceAlreadyExistsException.",
    mark=Mark.DOCUMENTED,
    source=_CREATE_JOB,
    jobs=1,
)
def test_the_name_of_an_existing_job_is_refused(
    seen: Observations, imports: Imports, users: str, location: str, first_job: tuple[EndedJob, object]
) -> None:
    job, _ = first_job
    error = imports.refusal(users, location, name=job.arn.rsplit("/", 1)[-1])

    assert seen.error(error, "name_taken", arn=job.arn) == "ResourceAlreadyExistsException"


@assumption(
    "The ARN of a dataset import job consists of account, Region and job name, without the dataset.",
    mark=Mark.DOCUMENTED,
    source="https://docs.aws.amazon.com/personalize/latest/dg/bulk-data-import-step.html",
)
def test_the_arn_of_a_job_follows_from_its_name(
    seen: Observations, target: Target, first_job: tuple[EndedJob, object]
) -> None:
    job, _ = first_job
    seen["arn"] = job.arn

    *prefix, name = job.arn.split("/")
    partition = target.session.get_partition_for_region(target.region)
    account, _ = target.identity
    assert prefix == [f"arn:{partition}:personalize:{target.region}:{account}:dataset-import-job"]
    assert name.startswith(target.prefix)


@assumption(
    "The name of a dataset import job stays in use after its dataset has been deleted.", mark=Mark.ASSUMED, jobs=2
)
def test_the_name_of_a_job_stays_in_use_after_its_dataset_is_deleted(
    seen: Observations,
    imports: Imports,
    target: Target,
    resources: Resources,
    new_group: str,
    users_schema: str,
    location: str,
) -> None:
    dataset = resources.dataset(new_group, "Users", users_schema)
    job = imports.ended(imports.start(dataset, location))
    target.personalize.delete_dataset(datasetArn=dataset)
    until(f"{dataset} is deleted", lambda: True if not _datasets(target, new_group) else None)
    dataset = resources.dataset(new_group, "Users", users_schema)
    try:
        error = imports.refusal(dataset, location, name=job.arn.rsplit("/", 1)[-1])
    finally:
        target.personalize.delete_dataset(datasetArn=dataset)
        until(f"{dataset} is deleted", lambda: True if not _datasets(target, new_group) else None)

    assert job.status == ACTIVE
    assert seen.error(error, "name_taken", arn=job.arn) == "ResourceAlreadyExistsException"


def _datasets(target: Target, group: str) -> list[str]:
    return [dataset["datasetArn"] for dataset in target.personalize.list_datasets(datasetGroupArn=group)["datasets"]]


@assumption(
    "A schema with the name of an existing one is refused: ResourceAlreadyExistsException.",
    mark=Mark.DOCUMENTED,
    source=_CREATE_SCHEMA,
)
def test_the_name_of_an_existing_schema_is_refused(seen: Observations, target: Target, users_schema: str) -> None:
    with pytest.raises(ClientError) as refused:
        target.personalize.create_schema(name=users_schema.rsplit("/", 1)[-1], schema=schema("Users"))

    assert seen.error(refused.value, "name_taken", arn=users_schema) == "ResourceAlreadyExistsException"


@assumption(
    "A dataset group with the name of an existing one is refused: ResourceAlreadyExistsException.",
    mark=Mark.DOCUMENTED,
    source=_CREATE_GROUP,
)
def test_the_name_of_an_existing_dataset_group_is_refused(seen: Observations, target: Target, group: str) -> None:
    with pytest.raises(ClientError) as refused:
        target.personalize.create_dataset_group(name=group.rsplit("/", 1)[-1])

    assert seen.error(refused.value, "name_taken", arn=group) == "ResourceAlreadyExistsException"
