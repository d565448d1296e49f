"""A script that describes each resource, and creates it if it doesn't exist, so that it can run at any time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.deploy.support.cloud import Cloud
from tests.deploy.support.stacks import users_schema
from tests.local_aws.support.server_setup import ACCOUNT, REGION, error_of, make_import_role, put_users
from tests.support.until import until


def describe_or_create(
    describe: Callable[[], dict[str, Any]], create: Callable[[], object], member: str
) -> dict[str, Any]:
    """Return the description of a resource that is ACTIVE, created if it doesn't exist."""
    if error_of(describe) == "ResourceNotFoundException":
        # Another script may have created it in the meantime.
        assert error_of(create) in ("", "ResourceAlreadyExistsException")
    until(lambda: describe()[member].get("status", "ACTIVE") == "ACTIVE")
    described: dict[str, Any] = describe()[member]
    return described


def run_script(cloud: Cloud, name: str, location: str, role: str) -> dict[str, Any]:
    """Return the import job of a dataset, with everything that it needs."""
    personalize: Any = cloud.client("personalize")
    prefix = f"arn:aws:personalize:{REGION}:{ACCOUNT}"
    schema, group = f"{prefix}:schema/{name}", f"{prefix}:dataset-group/{name}"
    dataset, job = f"{prefix}:dataset/{name}/USERS", f"{prefix}:dataset-import-job/{name}"
    describe_or_create(
        lambda: personalize.describe_schema(schemaArn=schema),
        lambda: personalize.create_schema(name=name, schema=users_schema()),
        "schema",
    )
    describe_or_create(
        lambda: personalize.describe_dataset_group(datasetGroupArn=group),
        lambda: personalize.create_dataset_group(name=name),
        "datasetGroup",
    )
    describe_or_create(
        lambda: personalize.describe_dataset(datasetArn=dataset),
        lambda: personalize.create_dataset(name=name, schemaArn=schema, datasetGroupArn=group, datasetType="Users"),
        "dataset",
    )
    return describe_or_create(
        lambda: personalize.describe_dataset_import_job(datasetImportJobArn=job),
        lambda: personalize.create_dataset_import_job(
            jobName=name, datasetArn=dataset, dataSource={"dataLocation": location}, roleArn=role
        ),
        "datasetImportJob",
    )


def test_a_script_that_runs_again_finds_what_it_created(cloud: Cloud, name: str) -> None:
    location, role = put_users(cloud, name), make_import_role(cloud, name)
    first = run_script(cloud, name, location, role)
    assert first["status"] == "ACTIVE"
    assert run_script(cloud, name, location, role) == first
    assert cloud.rows(first["datasetArn"])["count"] == 3


def test_scripts_that_run_at_the_same_time_share_their_resources(cloud: Cloud, name: str) -> None:
    location, role = put_users(cloud, name), make_import_role(cloud, name)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: run_script(cloud, name, location, role), range(4)))
    assert [job["datasetImportJobArn"] for job in found] == [found[0]["datasetImportJobArn"]] * 4
    assert len(cloud.jobs(name)) == 1
