"""Import roles: trust policies, permissions and bucket policies are evaluated."""

import json

import pytest

from tests.deploy.support.cloud import Cloud
from tests.deploy.support.stacks import users_csv
from tests.local_aws.support.server_setup import (
    ACCOUNT,
    FULL_TRUST,
    PERSONALIZE,
    Document,
    allow,
    deny,
    finished,
    make_dataset,
    make_import_role,
    make_role,
    policy,
    put_users,
    reading,
    start_job,
    trust,
)

ANOTHER_ACCOUNT = "111122223333"
INSECURE = {"Bool": {"aws:SecureTransport": "false"}}
FORBIDDEN = (
    "Insufficient privileges for accessing data in S3. Please look at https://docs.aws.amazon.com/personalize/latest/"
    "dg/granting-personalize-s3-access.html#attach-bucket-policy and fix bucket policy on {}."
)


@pytest.fixture(scope="module")
def dataset(cloud: Cloud) -> str:
    return make_dataset(cloud, "import-role")


@pytest.mark.parametrize(
    "trusting",
    [
        pytest.param(trust(), id="account-and-any-personalize-arn"),
        pytest.param(trust(condition={}), id="no-condition"),
        pytest.param(
            trust(condition={"ArnLike": {"aws:SourceArn": f"arn:aws:personalize:*:{ACCOUNT}:dataset-import-job/*"}}),
            id="arn-of-jobs",
        ),
        pytest.param(
            trust(principal={"Service": ["lambda.amazonaws.com", "personalize.amazonaws.com"]}), id="two-services"
        ),
    ],
)
def test_a_role_that_trusts_the_service_for_the_request_is_assumed(
    cloud: Cloud, name: str, dataset: str, trusting: str
) -> None:
    location = put_users(cloud, name)
    role = make_import_role(cloud, name, trusting=trusting)
    assert finished(cloud, start_job(cloud.personalize, name, dataset, location, role))["status"] == "ACTIVE"


@pytest.mark.parametrize(
    "trusting",
    [
        pytest.param(trust(condition={"StringEquals": {"aws:SourceAccount": ANOTHER_ACCOUNT}}), id="another-account"),
        pytest.param(
            trust(condition={"ArnLike": {"aws:SourceArn": f"arn:aws:personalize:us-east-1:{ACCOUNT}:*"}}),
            id="another-region",
        ),
        pytest.param(
            trust(condition={"ArnLike": {"aws:SourceArn": f"arn:aws:personalize:*:{ACCOUNT}:solution/*"}}),
            id="another-kind-of-resource",
        ),
        pytest.param(
            trust(condition={**FULL_TRUST, "StringEquals": {"aws:SourceAccount": ANOTHER_ACCOUNT}}),
            id="one-of-two-conditions",
        ),
        pytest.param(trust(principal={"Service": "lambda.amazonaws.com"}), id="another-service"),
        pytest.param(trust(principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}), id="only-the-account"),
        pytest.param(trust().replace("sts:AssumeRole", "sts:TagSession"), id="another-action"),
        pytest.param(
            json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        *json.loads(trust())["Statement"],
                        {"Effect": "Deny", "Principal": PERSONALIZE, "Action": "sts:AssumeRole"},
                    ],
                }
            ),
            id="denied",
        ),
    ],
)
def test_a_role_with_another_trust_policy_is_not_assumed(cloud: Cloud, name: str, dataset: str, trusting: str) -> None:
    location = put_users(cloud, name)
    role = make_import_role(cloud, name, trusting=trusting)
    with pytest.raises(cloud.personalize.exceptions.InvalidInputException, match=f"can't assume the role {role}"):
        start_job(cloud.personalize, name, dataset, location, role)


def test_a_role_that_does_not_exist_is_not_assumed(cloud: Cloud, name: str, dataset: str) -> None:
    location, role = put_users(cloud, name), f"arn:aws:iam::{ACCOUNT}:role/{name}"
    with pytest.raises(cloud.personalize.exceptions.InvalidInputException, match=f"can't assume the role {role}"):
        start_job(cloud.personalize, name, dataset, location, role)


Access = tuple[list[Document], list[Document]]


def _bucket_policy(bucket: str, *actions: str, keys: str = "*") -> Document:
    resources = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/{keys}"]
    return allow(*(actions or ("s3:GetObject", "s3:ListBucket")), on=resources, Principal=PERSONALIZE)


def _everyone(statement: Document) -> Document:
    return {**statement, "Principal": "*"}


def _sufficient(kind: str, bucket: str) -> Access:
    """Statements of role and bucket policy that allow reading the data."""
    everything = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    given = reading(bucket), [_bucket_policy(bucket)]
    by_tls_only = _everyone(deny("s3:*", on=everything, Condition=INSECURE))
    return {
        "the-guides": given,
        "only-the-location": (
            [allow("s3:GetObject", on=f"arn:aws:s3:::{bucket}/users.csv"), given[0][1]],
            [_bucket_policy(bucket, keys="users.csv")],
        ),
        "by-tls-only": (given[0], [*given[1], by_tls_only]),
        "of-the-account": (
            given[0],
            [{**given[1][0], "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}}],
        ),
    }[kind]


def _insufficient(kind: str, bucket: str) -> Access:
    role, bucket_policy = reading(bucket), [_bucket_policy(bucket)]
    objects = f"arn:aws:s3:::{bucket}/*"
    return {
        "role-without-get": (role[1:], bucket_policy),
        "role-without-list": (role[:1], bucket_policy),
        "role-for-another-bucket": (reading(f"{bucket}-2"), bucket_policy),
        "role-denied": ([*role, deny("s3:GetObject", on=objects)], bucket_policy),
        "bucket-without-policy": (role, []),
        "bucket-policy-without-get": (role, [_bucket_policy(bucket, "s3:ListBucket")]),
        "bucket-policy-without-list": (role, [_bucket_policy(bucket, "s3:GetObject")]),
        "bucket-policy-for-another-location": (role, [_bucket_policy(bucket, keys="items/*")]),
        "bucket-policy-for-another-service": (
            role,
            [{**bucket_policy[0], "Principal": {"Service": "forecast.amazonaws.com"}}],
        ),
        "bucket-policy-for-another-account": (
            role,
            [{**bucket_policy[0], "Condition": {"StringEquals": {"aws:SourceAccount": ANOTHER_ACCOUNT}}}],
        ),
        "service-denied": (role, [*bucket_policy, deny("s3:GetObject", on=objects, Principal=PERSONALIZE)]),
        "everyone-denied": (role, [*bucket_policy, _everyone(deny("s3:GetObject", on=objects))]),
    }[kind]


@pytest.mark.parametrize("kind", ["the-guides", "only-the-location", "by-tls-only", "of-the-account"])
def test_data_is_read_where_role_and_bucket_allow_it(cloud: Cloud, name: str, dataset: str, kind: str) -> None:
    location, role = _closed(cloud, name, _sufficient(kind, name))
    assert finished(cloud, start_job(cloud.personalize, name, dataset, location, role))["status"] == "ACTIVE"


@pytest.mark.parametrize(
    "kind",
    [
        *("role-without-get", "role-without-list", "role-for-another-bucket", "role-denied"),
        *("bucket-without-policy", "bucket-policy-without-get", "bucket-policy-without-list"),
        *("bucket-policy-for-another-location", "bucket-policy-for-another-service"),
        *("bucket-policy-for-another-account", "service-denied", "everyone-denied"),
    ],
)
def test_denied_reads_are_reported_by_the_service(cloud: Cloud, name: str, dataset: str, kind: str) -> None:
    location, role = _closed(cloud, name, _insufficient(kind, name))
    with pytest.raises(cloud.personalize.exceptions.InvalidInputException) as refused:
        start_job(cloud.personalize, name, dataset, location, role)
    assert refused.value.response["Error"]["Message"] == FORBIDDEN.format(name)
    assert cloud.jobs(name) == []


@pytest.mark.parametrize("location", ["s3://{}/nothing.csv", "s3://{}/nothing/", "s3://{}-nowhere/users.csv"])
def test_a_location_without_data_is_invalid_over_s3(cloud: Cloud, name: str, dataset: str, location: str) -> None:
    put_users(cloud, name)
    role = make_role(cloud, name, *reading(name), *reading(f"{name}-nowhere"))
    with pytest.raises(cloud.personalize.exceptions.InvalidInputException, match=r"Invalid Data location\."):
        start_job(cloud.personalize, name, dataset, location.format(name), role)


def _closed(cloud: Cloud, bucket: str, access: Access) -> tuple[str, str]:
    """Create a bucket with data and a role, with only these policies; return the location and the role."""
    of_role, of_bucket = access
    cloud.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    if of_bucket:
        cloud.s3.put_bucket_policy(Bucket=bucket, Policy=policy(*of_bucket))
    # The upload is by TLS, as everything here; a policy that denies everyone is about reading.
    cloud.s3.put_object(Bucket=bucket, Key="users.csv", Body=users_csv("a"))
    return f"s3://{bucket}/users.csv", make_role(cloud, f"import-{bucket}", *of_role)
