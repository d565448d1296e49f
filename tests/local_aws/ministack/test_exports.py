"""Dataset export jobs write to S3 with their role, if the bucket policy allows it too."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.deploy.support.cloud import Cloud
from tests.local_aws.support.server_setup import PERSONALIZE, allow, make_dataset, make_role, policy
from tests.support.until import until


@pytest.fixture(scope="module")
def dataset(cloud: Cloud) -> str:
    return make_dataset(cloud, "exports")


def export(cloud: Cloud, name: str, dataset: str, *actions: str, policy_actions: tuple[str, ...]) -> tuple[str, str]:
    """Export into a new bucket; return the status and the failure reason of the job."""
    cloud.s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    on = [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"]
    cloud.s3.put_bucket_policy(Bucket=name, Policy=policy(allow(*policy_actions, on=on, Principal=PERSONALIZE)))
    arn = cloud.personalize.create_dataset_export_job(
        jobName=name,
        datasetArn=dataset,
        ingestionMode="BULK",
        jobOutput={"s3DataDestination": {"path": f"s3://{name}/out/"}},
        roleArn=make_role(cloud, name, allow(*actions, on=on)),
    )["datasetExportJobArn"]

    def job() -> Any:
        return cloud.personalize.describe_dataset_export_job(datasetExportJobArn=arn)["datasetExportJob"]

    until(lambda: job()["status"] in ("ACTIVE", "CREATE FAILED"))
    return job()["status"], job().get("failureReason", "")


def test_an_export_needs_put_object_of_role_and_bucket_policy(cloud: Cloud, name: str, dataset: str) -> None:
    both = ("s3:PutObject", "s3:ListBucket")
    assert export(cloud, name, dataset, *both, policy_actions=both) == ("ACTIVE", "")
    assert cloud.s3.get_object(Bucket=name, Key=f"out/{name}.csv")["Body"].read().startswith(b"USER_ID,")


@pytest.mark.parametrize(
    ("actions", "policy_actions"),
    [
        (("s3:ListBucket",), ("s3:PutObject", "s3:ListBucket")),
        (("s3:PutObject", "s3:ListBucket"), ("s3:GetObject", "s3:ListBucket")),
    ],
    ids=["role", "bucket-policy"],
)
def test_an_export_without_put_object_fails(
    cloud: Cloud, name: str, dataset: str, actions: tuple[str, ...], policy_actions: tuple[str, ...]
) -> None:
    status, reason = export(cloud, name, dataset, *actions, policy_actions=policy_actions)
    assert (status, reason[:23]) == ("CREATE FAILED", "Insufficient privileges")
    with pytest.raises(ClientError, match="NoSuchKey"):
        cloud.s3.get_object(Bucket=name, Key=f"out/{name}.csv")
