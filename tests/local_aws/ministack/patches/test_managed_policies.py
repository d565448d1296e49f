"""AWS managed policies of samples; AmazonPersonalizeFullAccess allows only buckets with `personalize` in the name."""

import pytest
from botocore.exceptions import ClientError

from tests.deploy.support.cloud import Cloud
from tests.local_aws.support.server_setup import finished, make_dataset, make_role, put_users, start_job

MANAGED = "arn:aws:iam::aws:policy"


def start_with_full_access(cloud: Cloud, name: str, bucket: str) -> str:
    dataset, location, role = make_dataset(cloud, name), put_users(cloud, bucket), make_role(cloud, name)
    policy = f"{MANAGED}/service-role/AmazonPersonalizeFullAccess"
    cloud.client("iam").attach_role_policy(RoleName=name, PolicyArn=policy)
    return start_job(cloud.personalize, name, dataset, location, role)


def test_a_role_with_full_access_reads_a_bucket_with_personalize_in_its_name(cloud: Cloud, name: str) -> None:
    job = start_with_full_access(cloud, name, "data-for-personalize")

    assert finished(cloud, job)["status"] == "ACTIVE"


def test_a_role_with_full_access_cannot_read_another_bucket(cloud: Cloud, name: str) -> None:
    with pytest.raises(ClientError, match="Insufficient privileges for accessing data in S3"):
        start_with_full_access(cloud, name, "data-of-films")


@pytest.mark.parametrize("policy", ["AmazonS3FullAccess", "AmazonS3ReadOnlyAccess", "AWSStepFunctionsFullAccess"])
def test_the_policies_of_samples_exist(cloud: Cloud, policy: str) -> None:
    described = cloud.client("iam").get_policy(PolicyArn=f"{MANAGED}/{policy}")["Policy"]

    assert described["PolicyName"] == policy
