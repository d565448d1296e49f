"""Lists: their order, pages and tokens."""

import pytest
from botocore.exceptions import ClientError

from tests.conformance.support.assumptions import Mark, assumption
from tests.conformance.support.imports import FAILED, EndedJob, Imports
from tests.conformance.support.recording import Observations
from tests.conformance.support.resources import Resources
from tests.conformance.support.target import Target

_LIST_SCHEMAS = "https://docs.aws.amazon.com/personalize/latest/dg/API_ListSchemas.html"
_PAGE_SIZE = 100


@assumption(
    "ListDatasetImportJobs returns the newest job first.",
    mark=Mark.OBSERVED,
    source="https://github.com/Customer-Paradigm/Amazon-Personalize",
    jobs=1,
)
def test_the_newest_job_is_listed_first(
    seen: Observations, imports: Imports, target: Target, users: str, location: str
) -> None:
    last = imports.ended(imports.start(users, location))
    jobs = target.personalize.list_dataset_import_jobs(datasetArn=users)["datasetImportJobs"]
    times = [job["creationDateTime"] for job in jobs]
    seen["newest first"] = times == sorted(times, reverse=True)
    seen["oldest first"] = times == sorted(times)

    assert jobs[0]["datasetImportJobArn"] == last.arn
    assert times == sorted(times, reverse=True)


@assumption(
    "Jobs that have ended stay listed with their status, also failed ones, and those whose rows a later job replaced.",
    mark=Mark.ASSUMED,
    source="https://docs.aws.amazon.com/personalize/latest/dg/API_ListDatasetImportJobs.html",
    jobs=2,
)
def test_ended_jobs_stay_listed(
    seen: Observations,
    imports: Imports,
    resources: Resources,
    target: Target,
    users: str,
    bucket: str,
    location: str,
    first_job: tuple[EndedJob, object],
) -> None:
    too_long = resources.put(bucket, "stays-listed.csv", f"USER_ID,AGE,CITY\nu1,30,{'x' * 1001}\n")
    failed = imports.ended(imports.start(users, too_long))
    last = imports.ended(imports.start(users, location))
    pages = target.personalize.get_paginator("list_dataset_import_jobs").paginate(datasetArn=users)
    statuses = {job["datasetImportJobArn"]: job["status"] for page in pages for job in page["datasetImportJobs"]}
    listed = [statuses.get(job.arn) for job in (first_job[0], failed, last)]
    seen["statuses"] = listed

    assert listed == ["ACTIVE", FAILED, "ACTIVE"]


@assumption(
    "ListDatasetImportJobs returns the same times of a job as DescribeDatasetImportJob: when it began and ended.",
    mark=Mark.ASSUMED,
    source="https://docs.aws.amazon.com/personalize/latest/dg/API_DatasetImportJobSummary.html",
)
def test_a_listed_job_has_the_times_of_its_description(
    seen: Observations, target: Target, users: str, first_job: tuple[EndedJob, object]
) -> None:
    arn = first_job[0].arn
    jobs = target.personalize.list_dataset_import_jobs(datasetArn=users)["datasetImportJobs"]
    listed = next(job for job in jobs if job["datasetImportJobArn"] == arn)
    described = target.personalize.describe_dataset_import_job(datasetImportJobArn=arn)["datasetImportJob"]
    began_at, ended_at = listed["creationDateTime"], listed["lastUpdatedDateTime"]
    seen["seconds"] = (ended_at - began_at).total_seconds()

    assert (began_at, ended_at) == (described["creationDateTime"], described["lastUpdatedDateTime"])
    assert ended_at > began_at


@assumption("A page of a list has 100 entries if maxResults is not given.", mark=Mark.ASSUMED, source=_LIST_SCHEMAS)
def test_a_page_has_a_hundred_entries_by_default(seen: Observations, target: Target, resources: Resources) -> None:
    for number in range(_PAGE_SIZE + 1):
        resources.schema(f"page-{number:03}", "Users")
    page = target.personalize.list_schemas()
    seen["entries"] = len(page["schemas"])

    assert len(page["schemas"]) == _PAGE_SIZE
    assert "nextToken" in page


@assumption(
    "A nextToken that was not returned by the service is refused: InvalidNextTokenException.",
    mark=Mark.DOCUMENTED,
    source=_LIST_SCHEMAS,
)
def test_an_invented_token_is_refused(seen: Observations, target: Target) -> None:
    with pytest.raises(ClientError) as refused:
        target.personalize.list_schemas(nextToken="invented")

    assert seen.error(refused.value, "invalid_next_token") == "InvalidNextTokenException"
