"""Requirements of CreateDatasetImportJob for the dataset and other jobs."""

import pytest
from botocore.exceptions import ClientError

from tests.conformance.support.assumptions import Mark, assumption
from tests.conformance.support.imports import EndedJob, Imports
from tests.conformance.support.recording import Observations
from tests.conformance.support.resources import ACTIVE, Resources
from tests.conformance.support.target import Target, until

_CREATE_JOB = "https://docs.aws.amazon.com/personalize/latest/dg/API_CreateDatasetImportJob.html"
_DELETE_DATASET = "https://docs.aws.amazon.com/personalize/latest/dg/API_DeleteDataset.html"


@pytest.fixture(scope="module")
def pending_dataset(resources: Resources, new_group: str, users_schema: str) -> str:
    """The ARN of a Users dataset that has just been created."""
    return resources.dataset(new_group, "Users", users_schema, wait=False)


@assumption("A job of a dataset that is not yet ACTIVE is refused: ResourceInUseException.", mark=Mark.ASSUMED, jobs=1)
def test_a_dataset_that_is_not_active_is_refused(
    seen: Observations, imports: Imports, pending_dataset: str, location: str
) -> None:
    error = imports.refusal(pending_dataset, location)

    assert seen.error(error, "not_ready", arn=pending_dataset, status="CREATE PENDING") == "ResourceInUseException"


@assumption(
    "The first job of a dataset with import mode INCREMENTAL is refused: InvalidInputException.",
    mark=Mark.ASSUMED,
    jobs=1,
)
def test_incremental_as_the_first_import_is_refused(
    seen: Observations, imports: Imports, target: Target, pending_dataset: str, location: str
) -> None:
    def is_active() -> bool | None:
        described = target.personalize.describe_dataset(datasetArn=pending_dataset)["dataset"]
        return True if described["status"] == ACTIVE else None

    until(f"{pending_dataset} is ACTIVE", is_active)
    error = imports.refusal(pending_dataset, location, mode="INCREMENTAL")

    assert seen.error(error, "first_import_must_be_full") == "InvalidInputException"


@assumption(
    "A job of a dataset that does not exist is refused: ResourceNotFoundException.",
    mark=Mark.DOCUMENTED,
    source=_CREATE_JOB,
    jobs=1,
)
def test_a_dataset_that_does_not_exist_is_refused(
    seen: Observations, imports: Imports, users: str, location: str
) -> None:
    missing = users.replace("/USERS", "/ITEMS")
    error = imports.refusal(missing, location)

    assert seen.error(error, "does_not_exist", arn=missing) == "ResourceNotFoundException"


@assumption(
    "A second job of a dataset while the first one runs is refused: ResourceInUseException.", mark=Mark.ASSUMED, jobs=2
)
def test_a_second_running_job_of_a_dataset_is_refused(
    seen: Observations, imports: Imports, users: str, location: str
) -> None:
    running = imports.start(users, location)
    try:
        error = imports.refusal(users, location)
    finally:
        imports.ended(running)

    code = seen.error(error, "dataset_has_running_job", dataset_arn=users, job_arn=running)
    assert code == "ResourceInUseException"


@assumption(
    "A dataset can't be deleted while a job imports into it: ResourceInUseException.",
    mark=Mark.DOCUMENTED,
    source=_DELETE_DATASET,
    jobs=1,
)
def test_a_dataset_with_a_running_job_is_not_deleted(
    seen: Observations, imports: Imports, target: Target, users: str, location: str
) -> None:
    running = imports.start(users, location)
    try:
        with pytest.raises(ClientError) as refused:
            target.personalize.delete_dataset(datasetArn=users)
    finally:
        imports.ended(running)

    code = seen.error(refused.value, "dataset_has_running_job", dataset_arn=users, job_arn=running)
    assert code == "ResourceInUseException"


@assumption(
    "A job goes through CREATE PENDING, CREATE IN_PROGRESS and ACTIVE, in this order.",
    mark=Mark.DOCUMENTED,
    source="https://docs.aws.amazon.com/personalize/latest/dg/API_DatasetImportJob.html",
)
def test_the_statuses_of_a_job_come_in_this_order(seen: Observations, first_job: tuple[EndedJob, object]) -> None:
    job, _ = first_job
    seen["statuses"] = job.statuses

    order = ["CREATE PENDING", "CREATE IN_PROGRESS", ACTIVE]
    statuses = [status for status, _ in job.statuses]
    assert statuses == [status for status in order if status in statuses]
    assert statuses[-1] == ACTIVE
