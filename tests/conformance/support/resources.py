"""The resources that the tests need: dataset groups, datasets, buckets and roles; `clean_up` removes them."""

import json
from typing import TYPE_CHECKING, Any, Final

from tests.conformance.support.data import schema
from tests.conformance.support.target import TAG, Target, until

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import CreateBucketRequestTypeDef

ACTIVE: Final = "ACTIVE"
_SERVICE: Final = "personalize.amazonaws.com"
_READS: Final = ("s3:GetObject", "s3:ListBucket")
_REGION_WITHOUT_CONSTRAINT: Final = "us-east-1"
_INTERACTIONS: Final = "Interactions"


class Resources:
    """Creates resources with the names and tags of a run."""

    def __init__(self, target: Target) -> None:
        """Create resources in an account and Region."""
        self._target = target

    def schema(self, suffix: str, dataset_type: str = _INTERACTIONS) -> str:
        """Create a schema, and return its ARN. Schemas can't have tags."""
        created = self._target.personalize.create_schema(name=self._target.name(suffix), schema=schema(dataset_type))
        return created["schemaArn"]

    def dataset_group(self, suffix: str) -> str:
        """Create a dataset group, wait until it is ACTIVE, and return its ARN."""
        personalize = self._target.personalize
        arn = personalize.create_dataset_group(name=self._target.name(suffix), tags=self._tags("tagKey", "tagValue"))[
            "datasetGroupArn"
        ]
        until(
            f"{arn} is ACTIVE",
            lambda: _active(personalize.describe_dataset_group(datasetGroupArn=arn)["datasetGroup"]["status"]),
        )
        return arn

    def dataset(self, group: str, dataset_type: str, schema_arn: str, *, wait: bool = True) -> str:
        """Create a dataset and return its ARN.

        Args:
            group: The ARN of the dataset group.
            dataset_type: `Users` or `Interactions`.
            schema_arn: The ARN of a schema of that type.
            wait: If True, wait until the dataset is ACTIVE.
        """
        personalize = self._target.personalize
        arn = personalize.create_dataset(
            name=self._target.new_name("dataset"),
            schemaArn=schema_arn,
            datasetGroupArn=group,
            datasetType=dataset_type,
            tags=self._tags("tagKey", "tagValue"),
        )["datasetArn"]
        if wait:
            until(
                f"{arn} is ACTIVE", lambda: _active(personalize.describe_dataset(datasetArn=arn)["dataset"]["status"])
            )
        return arn

    def bucket(self, suffix: str, *, region: str = "", readable: bool = True) -> str:
        """Create a bucket and return its name.

        Args:
            suffix: The end of its name.
            region: Its Region. Default: the Region under test.
            readable: If True, the bucket policy allows Personalize to read the objects.
        """
        region = region or self._target.region
        s3, name = self._target.s3_in(region), self._target.name(suffix)
        request: CreateBucketRequestTypeDef = {"Bucket": name}
        if region != _REGION_WITHOUT_CONSTRAINT:
            request["CreateBucketConfiguration"] = {"LocationConstraint": region}  # type: ignore[typeddict-item]  # any
        s3.create_bucket(**request)
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": [{"Key": TAG, "Value": self._target.run}]})
        if readable:
            s3.put_bucket_policy(Bucket=name, Policy=_policy(_READS, self._objects(name), {"Service": _SERVICE}))
        return name

    def role(self, suffix: str, trusted: str = _SERVICE) -> str:
        """Create an import role that a service can assume, and return its ARN; IAM needs a while to apply it."""
        iam, name = self._target.iam, self._target.name(suffix)
        role = iam.create_role(
            RoleName=name,
            AssumeRolePolicyDocument=_policy(("sts:AssumeRole",), None, {"Service": trusted}),
            Tags=self._tags("Key", "Value"),
        )
        iam.put_role_policy(
            RoleName=name, PolicyName="read", PolicyDocument=_policy(_READS, self._objects(f"{self._target.prefix}*"))
        )
        return role["Role"]["Arn"]

    def put(self, bucket: str, key: str, content: str) -> str:
        """Write an object, and return its URI."""
        region = self._target.s3.get_bucket_location(Bucket=bucket).get("LocationConstraint")
        self._target.s3_in(region or _REGION_WITHOUT_CONSTRAINT).put_object(
            Bucket=bucket, Key=key, Body=content.encode()
        )
        return f"s3://{bucket}/{key}"

    def _tags(self, key: str, value: str) -> Any:
        return [{key: TAG, value: self._target.run}]

    def _objects(self, bucket: str) -> list[str]:
        partition = self._target.session.get_partition_for_region(self._target.region)
        return [f"arn:{partition}:s3:::{bucket}", f"arn:{partition}:s3:::{bucket}/*"]


def _policy(actions: tuple[str, ...], resources: list[str] | None, principal: dict[str, str] | None = None) -> str:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": list(actions)}
    if resources:
        statement["Resource"] = resources
    if principal:
        statement["Principal"] = principal
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _active(status: str) -> str | None:
    if status.endswith("FAILED"):
        raise RuntimeError(f"the status is {status}")
    return status if status == ACTIVE else None
