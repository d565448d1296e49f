"""Resources in a local AWS that benchmarks import into: a bucket with data, an import role, and datasets."""

import json
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from personalize_local.local_cloud import LocalCloud

USERS_SCHEMA: Final = {
    "type": "record",
    "name": "Users",
    "namespace": "com.amazonaws.personalize.schema",
    "fields": [
        {"name": "USER_ID", "type": "string"},
        {"name": "CLASS", "type": "string", "categorical": True},
    ],
    "version": "1.0",
}
_SERVICE: Final = {"Service": "personalize.amazonaws.com"}


def create_bucket(cloud: LocalCloud, bucket: str) -> None:
    """Create a bucket that Personalize may read, and that sends events for uploads to EventBridge."""
    region = cloud.aws.environment["AWS_REGION"]
    cloud.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": region})  # type: ignore[typeddict-item]
    cloud.s3.put_bucket_policy(Bucket=bucket, Policy=_document({**_reads(bucket), "Principal": _SERVICE}))
    notifications: Any = {"EventBridgeConfiguration": {}}
    cloud.s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=notifications)


def create_import_role(cloud: LocalCloud, bucket: str) -> str:
    """Create the role `import`, with which Personalize reads a bucket, and return its ARN."""
    iam = cloud.client("iam")
    trust = {"Effect": "Allow", "Principal": _SERVICE, "Action": "sts:AssumeRole"}
    role = iam.create_role(RoleName="import", Path="/bench/", AssumeRolePolicyDocument=_document(trust))["Role"]
    iam.put_role_policy(RoleName="import", PolicyName="ReadData", PolicyDocument=_document(_reads(bucket)))
    return str(role["Arn"])


def create_datasets(
    cloud: LocalCloud, count: int, schema: Mapping[str, Any] = USERS_SCHEMA, dataset_type: str = "Users"
) -> list[str]:
    """Create datasets of a schema, each in its own dataset group, and return their ARNs."""
    personalize = cloud.personalize
    schema_arn = personalize.create_schema(name="bench", schema=json.dumps(schema))["schemaArn"]
    groups = [personalize.create_dataset_group(name=f"group-{each}")["datasetGroupArn"] for each in range(count)]
    for group in groups:
        until(partial(_is_active_group, cloud, group))
    datasets = [
        personalize.create_dataset(
            name=f"dataset-{each}", schemaArn=schema_arn, datasetGroupArn=group, datasetType=dataset_type
        )
        for each, group in enumerate(groups)
    ]
    arns = [each["datasetArn"] for each in datasets]
    for arn in arns:
        until(partial(_is_active, cloud, arn))
    return arns


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Poll a condition in real time; raise `TimeoutError` if it doesn't become true within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{seconds} s weren't enough")
        time.sleep(0.05)


def _reads(bucket: str) -> dict[str, Any]:
    resources = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    return {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": resources}


def _document(statement: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _is_active_group(cloud: LocalCloud, arn: str) -> bool:
    return cloud.personalize.describe_dataset_group(datasetGroupArn=arn)["datasetGroup"]["status"] == "ACTIVE"


def _is_active(cloud: LocalCloud, arn: str) -> bool:
    return cloud.personalize.describe_dataset(datasetArn=arn)["dataset"]["status"] == "ACTIVE"
