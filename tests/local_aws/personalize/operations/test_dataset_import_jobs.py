"""Conditions for creating import jobs, and what a running job blocks."""

import threading
from typing import Any

import pytest

from personalize_local.personalize.interfaces import AccountRegion
from tests.local_aws.support.fakes import BUCKET, ROLE_ARN, Client, Refused, World, new_world
from tests.local_aws.support.service_setup import (
    describe,
    finish,
    imported,
    interactions,
    make_dataset,
    make_group,
    make_schema,
    start_job,
)

USERS = "USER_ID,AGE\na,1\n"


def refusal(world: World, dataset_arn: str, name: str = "job", **more: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        start_job(world, dataset_arn, name, **more)
    return refused.value


def users_of_many_groups(world: World, count: int) -> list[str]:
    world.aws.put("data.csv", USERS)
    return [make_dataset(world, "Users", group=make_group(world, f"group-{n}")) for n in range(count)]


def test_the_arn_of_a_job_contains_its_name(world: World) -> None:
    world.aws.put("data.csv", interactions())
    arn = start_job(world, make_dataset(world), "nightly-1")
    assert arn == "arn:aws:personalize:eu-west-1:111122223333:dataset-import-job/nightly-1"


def test_describe_returns_the_parameters_and_no_tags(world: World) -> None:
    world.aws.put("data.csv", interactions())
    dataset_arn = make_dataset(world)
    job = describe(world, start_job(world, dataset_arn, tags=[{"tagKey": "team", "tagValue": "a"}]))
    assert job["datasetArn"] == dataset_arn
    assert job["dataSource"] == {"dataLocation": f"s3://{BUCKET}/data.csv"}
    assert job["roleArn"] == ROLE_ARN
    assert job["importMode"] == "FULL"
    assert job["publishAttributionMetricsToS3"] is False
    assert "tags" not in job


def test_a_dataset_that_does_not_exist_is_not_found(world: World) -> None:
    arn = "arn:aws:personalize:eu-west-1:111122223333:dataset/none/USERS"
    error = refusal(world, arn)
    assert (error.code, error.message) == ("ResourceNotFoundException", f"Resource Arn {arn} does not exist.")


def test_a_dataset_that_is_not_active_yet_is_in_use(world: World) -> None:
    group = make_group(world)
    schema = make_schema(world, "Users")
    made = world.client("CreateDataset", name="d", datasetGroupArn=group, schemaArn=schema, datasetType="Users")
    world.aws.put("data.csv", USERS)
    assert refusal(world, made["datasetArn"]).code == "ResourceInUseException"
    world.clock.time += 5
    assert start_job(world, made["datasetArn"])


@pytest.mark.parametrize("content", [USERS, "USER_ID,AGE\na,x\n"])
def test_a_job_name_can_not_be_reused_even_after_a_failed_job_of_a_deleted_dataset(world: World, content: str) -> None:
    dataset_arn = make_dataset(world, "Users")
    job = imported(world, dataset_arn, content)
    world.client("DeleteDataset", datasetArn=dataset_arn)
    world.clock.time += 60
    schema = make_schema(world, "Users", "again")
    world.client(
        "CreateDataset", name="d", datasetGroupArn=dataset_group_of(world), schemaArn=schema, datasetType="Users"
    )
    world.clock.time += 60
    error = refusal(world, dataset_arn)
    assert error.code == "ResourceAlreadyExistsException"
    assert error.message == f"Another resource with Arn {job['datasetImportJobArn']} already exists."
    assert describe(world, job["datasetImportJobArn"])["status"] == job["status"]


def dataset_group_of(world: World) -> str:
    return str(world.client("ListDatasetGroups")["datasetGroups"][0]["datasetGroupArn"])


def test_a_dataset_that_is_created_again_has_its_old_arn_and_no_data(world: World) -> None:
    dataset_arn = make_dataset(world, "Users")
    imported(world, dataset_arn, USERS)
    world.client("DeleteDataset", datasetArn=dataset_arn)
    assert world.rows(dataset_arn)["count"] == 0
    world.clock.time += 60
    schema = make_schema(world, "Users", "again")
    again = world.client(
        "CreateDataset", name="other", datasetGroupArn=dataset_group_of(world), schemaArn=schema, datasetType="USERS"
    )
    assert again["datasetArn"] == dataset_arn
    world.clock.time += 60
    assert world.rows(dataset_arn)["count"] == 0
    assert refusal(world, dataset_arn, "second", importMode="INCREMENTAL").code == "InvalidInputException"


def test_the_first_import_must_be_full(world: World) -> None:
    error = refusal(world, make_dataset(world, "Users"), importMode="INCREMENTAL")
    assert error.code == "InvalidInputException"
    assert "must be FULL" in error.message


def test_a_failed_import_does_not_count_as_the_first(world: World) -> None:
    dataset_arn = make_dataset(world, "Users")
    imported(world, dataset_arn, "USER_ID,AGE\n,1\n")
    assert "must be FULL" in refusal(world, dataset_arn, "second", importMode="INCREMENTAL").message


def test_the_sixth_running_job_is_one_too_many(world: World) -> None:
    datasets = users_of_many_groups(world, 6)
    jobs = [start_job(world, arn, f"job-{n}") for n, arn in enumerate(datasets[:5])]
    error = refusal(world, datasets[5])
    assert error.code == "LimitExceededException"
    assert error.message == "More than 5 resources with PENDING or IN_PROGRESS status."
    finish(world, jobs[0])
    assert finish(world, start_job(world, datasets[5]))["status"] == "ACTIVE"
    assert world.control("GET", "jobs")["most_running_at_once"] == 5


def test_the_limit_is_per_region(world: World) -> None:
    for n, arn in enumerate(users_of_many_groups(world, 5)):
        start_job(world, arn, f"job-{n}")
    there = World(
        world.aws,
        world.clock,
        world.service,
        Client(world.service, world.aws, AccountRegion("111122223333", "us-east-1")),
    )
    dataset_arn = make_dataset(there, "Users")
    assert ":us-east-1:" in dataset_arn
    assert start_job(there, dataset_arn, "job-0")


def test_the_limit_holds_for_concurrent_calls(world: World) -> None:
    datasets = users_of_many_groups(world, 12)
    outcomes: list[str] = []

    def start(number: int) -> None:
        try:
            start_job(world, datasets[number], f"job-{number}")
            outcomes.append("started")
        except Refused as refused:
            outcomes.append(refused.code)

    threads = [threading.Thread(target=start, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["LimitExceededException"] * 7 + ["started"] * 5


def test_two_jobs_on_one_dataset_are_refused_unless_set_otherwise(world: World) -> None:
    dataset_arn = make_dataset(world, "Users")
    world.aws.put("data.csv", USERS)
    start_job(world, dataset_arn, "first")
    assert refusal(world, dataset_arn, "second").code == "ResourceInUseException"
    world.control("POST", "settings", one_running_job_per_dataset=False)
    assert start_job(world, dataset_arn, "second")


def test_a_dataset_with_a_running_job_can_not_be_deleted(world: World) -> None:
    dataset_arn = make_dataset(world, "Users")
    world.aws.put("data.csv", USERS)
    job_arn = start_job(world, dataset_arn)
    with pytest.raises(Refused, match=r"ResourceInUseException.*still running"):
        world.client("DeleteDataset", datasetArn=dataset_arn)
    finish(world, job_arn)
    world.client("DeleteDataset", datasetArn=dataset_arn)


def test_a_bucket_without_access_is_refused_by_the_call_and_the_name_stays_free(world: World) -> None:
    dataset_arn = make_dataset(world, "Users")
    world.aws.put("data.csv", USERS)
    world.aws.closed_buckets.add(BUCKET)
    error = refusal(world, dataset_arn)
    assert error.code == "InvalidInputException"
    assert error.message == (
        "Insufficient privileges for accessing data in S3. Please look at "
        "https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html#attach-bucket-policy "
        f"and fix bucket policy on {BUCKET}."
    )
    world.aws.closed_buckets.clear()
    assert start_job(world, dataset_arn)


@pytest.mark.parametrize(
    "location", ["s3://training-data/none.csv", "s3://training-data/none/", "s3://no-bucket/a.csv", "https://x/a.csv"]
)
def test_a_location_without_data_is_invalid(world: World, location: str) -> None:
    error = refusal(world, make_dataset(world), dataSource={"dataLocation": location})
    assert (error.code, error.message) == ("InvalidInputException", "Invalid Data location.")


def test_a_role_that_can_not_be_assumed_is_named(world: World) -> None:
    role_arn = "arn:aws:iam::111122223333:role/nobody"
    error = refusal(world, make_dataset(world), roleArn=role_arn)
    assert error.code == "InvalidInputException"
    assert role_arn in error.message


def test_the_role_is_assumed_for_the_account_and_the_job(world: World) -> None:
    world.aws.put("data.csv", interactions())
    job_arn = start_job(world, make_dataset(world))
    assert world.aws.assumed == [(ROLE_ARN, "111122223333", job_arn)]


def test_an_import_without_a_role_has_no_access(world: World) -> None:
    parameters = {"jobName": "j", "datasetArn": make_dataset(world), "dataSource": {"dataLocation": f"s3://{BUCKET}/"}}
    with pytest.raises(Refused, match="Insufficient privileges"):
        world.client("CreateDatasetImportJob", **parameters)


def test_data_over_the_size_for_its_mode_is_refused() -> None:
    world = new_world(incremental_import_bytes=20)
    dataset_arn = make_dataset(world, "Users")
    imported(world, dataset_arn, USERS + "b,2\n" * 10)
    assert "at most 20" in refusal(world, dataset_arn, "second", importMode="INCREMENTAL").message


def test_rules_are_checked_in_their_order(world: World) -> None:
    dataset_arn = make_dataset(world, "Users")
    world.aws.roles.clear()
    assert refusal(world, dataset_arn, "bad name!").code == "ValidationException"
    world.aws.deny("iam:PassRole", ROLE_ARN)
    assert refusal(world, dataset_arn + "X").code == "AccessDeniedException"
    world.aws.denied.clear()
    assert refusal(world, dataset_arn + "X").code == "ResourceNotFoundException"
    assert "must be FULL" in refusal(world, dataset_arn, importMode="INCREMENTAL").message
    world.control("POST", "settings", running_import_jobs=0)
    assert refusal(world, dataset_arn).code == "LimitExceededException"
    world.control("POST", "settings", running_import_jobs=5)
    assert "can't assume" in refusal(world, dataset_arn).message
