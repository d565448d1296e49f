"""Datasets, data, roles, callers and jobs in a running local AWS."""

import json
from collections.abc import Callable
from typing import Any

import boto3
from botocore.exceptions import ClientError

from tests.deploy.support.cloud import Cloud
from tests.deploy.support.stacks import users_csv, users_schema
from tests.support.until import until

ACCOUNT = "000000000000"
REGION = "eu-west-1"
PERSONALIZE = {"Service": "personalize.amazonaws.com"}
FULL_TRUST = {
    "StringEquals": {"aws:SourceAccount": ACCOUNT},
    "StringLike": {"aws:SourceArn": f"arn:aws:personalize:{REGION}:{ACCOUNT}:*"},
}

Document = dict[str, Any]


def allow(*actions: str, on: str | list[str] = "*", **more: Any) -> Document:
    return {"Effect": "Allow", "Action": list(actions), "Resource": on, **more}


def deny(*actions: str, on: str | list[str] = "*", **more: Any) -> Document:
    return {**allow(*actions, on=on, **more), "Effect": "Deny"}


def policy(*statements: Document) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(principal: Document = PERSONALIZE, condition: Document = FULL_TRUST) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition}
    return policy(statement)


def reading(bucket: str) -> list[Document]:
    return [allow("s3:GetObject", on=f"arn:aws:s3:::{bucket}/*"), allow("s3:ListBucket", on=f"arn:aws:s3:::{bucket}")]


def make_role(cloud: Cloud, name: str, *statements: Document, trusting: str | None = None) -> str:
    iam = cloud.client("iam")
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusting or trust())["Role"]["Arn"]
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=policy(*statements))
    return str(arn)


def make_import_role(cloud: Cloud, bucket: str, *, trusting: str | None = None) -> str:
    return make_role(cloud, f"import-{bucket}", *reading(bucket), trusting=trusting)


def make_dataset(cloud: Cloud, name: str) -> str:
    """Create a dataset of users, its schema and its group, and wait until it is ACTIVE."""
    personalize = cloud.personalize
    schema = personalize.create_schema(name=name, schema=users_schema())["schemaArn"]
    group = personalize.create_dataset_group(name=name)["datasetGroupArn"]
    until(lambda: personalize.describe_dataset_group(datasetGroupArn=group)["datasetGroup"]["status"] == "ACTIVE")
    made = personalize.create_dataset(name=name, schemaArn=schema, datasetGroupArn=group, datasetType="Users")
    arn = made["datasetArn"]
    until(lambda: personalize.describe_dataset(datasetArn=arn)["dataset"]["status"] == "ACTIVE")
    return arn


def put_users(cloud: Cloud, bucket: str) -> str:
    """Put three users into a bucket that Personalize may read."""
    return cloud.put(bucket, "users.csv", users_csv("a", "b", "c"))


def start_job(personalize: Any, name: str, dataset_arn: str, location: str, role_arn: str, **more: Any) -> str:
    started = personalize.create_dataset_import_job(
        jobName=name, datasetArn=dataset_arn, dataSource={"dataLocation": location}, roleArn=role_arn, **more
    )
    return str(started["datasetImportJobArn"])


def finished(cloud: Cloud, job_arn: str) -> Any:
    """Wait until a job has ended, and describe it."""

    def job() -> Any:
        return cloud.personalize.describe_dataset_import_job(datasetImportJobArn=job_arn)["datasetImportJob"]

    until(lambda: job()["status"] in ("ACTIVE", "CREATE FAILED"))
    return job()


def client_of(cloud: Cloud, service: str, credentials: Any, **more: Any) -> Any:
    """Create a client with these credentials."""
    return boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=cloud.aws.endpoint_url,
        region_name=REGION,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials.get("SessionToken"),
        verify=cloud.aws.environment["AWS_CA_BUNDLE"],
        **more,
    )


def user(cloud: Cloud, name: str, *statements: Document) -> Any:
    """Create a user with a policy, and return a Personalize client with its credentials."""
    iam = cloud.client("iam")
    iam.create_user(UserName=name)
    if statements:
        iam.put_user_policy(UserName=name, PolicyName="inline", PolicyDocument=policy(*statements))
    return client_of(cloud, "personalize", iam.create_access_key(UserName=name)["AccessKey"])


def error_of(call: Callable[[], object]) -> str:
    """Return the code of a call's error, or an empty text if it succeeds."""
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"]
    return ""
