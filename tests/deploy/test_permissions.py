"""Permissions in real deploys: those that come late, and those that don't come."""

from functools import partial

import aws_cdk as cdk
import pytest

from tests.deploy.support.cloud import Cloud
from tests.deploy.support.stacks import UsersStack, users_csv

pytestmark = pytest.mark.deploy


def users_stack(app: cdk.App, name: str, location: str) -> None:
    UsersStack(app, name, location)


@pytest.mark.slow
def test_a_role_that_is_not_usable_yet_fails_no_deploy(cloud: Cloud, name: str) -> None:
    location = cloud.put(name.lower(), "a.csv", users_csv("a"))
    refusal = {
        "operation": "CreateDatasetImportJob",
        "error_code": "InvalidInputException",
        "message": "Insufficient privileges for accessing data in S3.",
        "times": 2,
    }
    cloud.aws.control("POST", "faults", refusal)
    deployed = cloud.deploy(partial(users_stack, name=name, location=location))
    assert deployed.succeeded, deployed.output
    assert cloud.outputs(name)["Status"] == "ACTIVE"


def test_a_bucket_that_personalize_may_not_read_is_told_with_what_to_do(cloud: Cloud, name: str) -> None:
    location = cloud.put(name.lower(), "a.csv", users_csv("a"))
    cloud.s3.delete_bucket_policy(Bucket=name.lower())
    deployed = cloud.deploy(partial(users_stack, name=name, location=location))
    assert not deployed.succeeded
    told = " ".join(deployed.output.split())
    assert "Insufficient privileges for accessing data in S3. Please look at https://docs.aws.amazon.com/" in told
    assert f"fix bucket policy on {name.lower()}." in told
    statement = (
        '{"Effect": "Allow", "Principal": {"Service": "personalize.amazonaws.com"}, "Action": "s3:GetObject", '
        '"Resource": "arn:aws:s3:::%s/a.csv"}'
    )
    assert statement % name.lower() in told
    assert cloud.jobs(name) == []
