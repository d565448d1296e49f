"""The role that the construct creates, the bucket policy, and the warning if the app doesn't own that policy."""

import json
import re
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from personalize_import import DatasetImportProvider, DataSource
from tests.constructs.support.cloudformation import Deployed
from tests.constructs.support.stacks import (
    WITHOUT_CODE,
    add_job,
    deployed,
    from_new_bucket,
    logical_id,
    new_app,
    new_stack,
    own_warnings,
)

README = (Path(__file__).parents[3] / "README.md").read_text()
SERVICE = {"Service": "personalize.amazonaws.com"}


def test_only_personalize_may_assume_the_role_and_only_for_this_account_and_region() -> None:
    stack = new_stack()
    job = add_job(stack)

    (statement,) = deployed(stack).properties(logical_id(job.role))["AssumeRolePolicyDocument"]["Statement"]

    assert statement == {
        "Effect": "Allow",
        "Principal": SERVICE,
        "Action": "sts:AssumeRole",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": "123456789012"},
            "StringLike": {"aws:SourceArn": "arn:aws:personalize:eu-west-1:123456789012:*"},
        },
    }


@pytest.fixture(scope="module")
def three_jobs_on_a_bucket() -> Deployed:
    stack = new_stack()
    bucket = s3.Bucket(stack, "Bucket")
    for name, key in [("One", "a/"), ("Two", "b/"), ("Three", "a/")]:
        add_job(stack, name, data_source=DataSource.from_bucket(bucket, key))
    return deployed(stack)


def test_the_bucket_lets_personalize_read_each_location_once(three_jobs_on_a_bucket: Deployed) -> None:
    policy = three_jobs_on_a_bucket.only("AWS::S3::BucketPolicy")["PolicyDocument"]
    (bucket,) = [name.lower() for name in three_jobs_on_a_bucket.of_type("AWS::S3::Bucket")]

    assert [(each["Principal"], each["Action"], each["Resource"]) for each in policy["Statement"]] == [
        (SERVICE, "s3:GetObject", [f"arn:aws:s3:::{bucket}/a/*", f"arn:aws:s3:::{bucket}/b/*"]),
        (SERVICE, "s3:ListBucket", f"arn:aws:s3:::{bucket}"),
    ]


def test_each_job_has_a_separate_role(three_jobs_on_a_bucket: Deployed) -> None:
    jobs = three_jobs_on_a_bucket.all_properties("Custom::PersonalizeDatasetImportJob")

    assert len({job["RoleArn"] for job in jobs}) == 3


def test_statements_are_not_duplicated_even_if_policies_are_minimized() -> None:
    app = cdk.App(context={**WITHOUT_CODE, "@aws-cdk/aws-iam:minimizePolicies": True})
    stack = new_stack(scope=app)
    bucket = s3.Bucket(stack, "Bucket", enforce_ssl=True)
    for name, key in [("One", "a/"), ("Two", "b/"), ("Three", "a/")]:
        add_job(stack, name, data_source=DataSource.from_bucket(bucket, key))

    statements = deployed(stack).only("AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]

    assert [each["Action"] for each in statements if each["Effect"] == "Allow"] == ["s3:GetObject", "s3:ListBucket"]
    assert len([each for each in statements if each["Effect"] == "Deny"]) == 1


def warnings_of(stack: cdk.Stack) -> list[str]:
    return own_warnings(stack)


def statements_in_warning(stack: cdk.Stack) -> list[dict[str, Any]]:
    (warning,) = warnings_of(stack)
    before, _, after = warning.partition("Personalize can't read the data unless it contains ")
    assert before == "this app doesn't manage the policy of the bucket bucket. "
    statements, _, condition = after.rpartition("; ")
    needed = "the statements with aws:PrincipalArn are needed only if the bucket is in another account"
    assert condition.startswith(f"{needed} [ack: ")
    found: list[dict[str, Any]] = json.loads(statements)
    return found


IMPORT_ROLES = {
    "Principal": {"AWS": "arn:aws:iam::${AWS::AccountId}:root"},
    "Condition": {
        "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::${AWS::AccountId}:role/personalize-import/${AWS::Region}/Stack/*"}
    },
}
EXACT_STATEMENTS = [
    {
        "Action": "s3:GetObject",
        "Effect": "Allow",
        "Principal": SERVICE,
        "Resource": "arn:aws:s3:::bucket/interactions/*",
    },
    {"Action": "s3:ListBucket", "Effect": "Allow", "Principal": SERVICE, "Resource": "arn:aws:s3:::bucket"},
    {
        "Action": "s3:GetObject",
        "Effect": "Allow",
        **IMPORT_ROLES,
        "Resource": "arn:aws:s3:::bucket/interactions/*",
    },
    {"Action": "s3:ListBucket", "Effect": "Allow", **IMPORT_ROLES, "Resource": "arn:aws:s3:::bucket"},
]


def test_for_an_imported_bucket_the_exact_statements_are_reported() -> None:
    stack = new_stack()
    add_job(
        stack, data_source=DataSource.from_bucket(s3.Bucket.from_bucket_name(stack, "B", "bucket"), "interactions/")
    )

    assert statements_in_warning(stack) == EXACT_STATEMENTS
    assert not deployed(stack).of_type("AWS::S3::BucketPolicy")


def test_for_a_uri_the_exact_statements_are_reported() -> None:
    stack = new_stack()
    add_job(stack, data_source=DataSource.from_s3_uri("s3://bucket/interactions/"))

    assert statements_in_warning(stack) == EXACT_STATEMENTS
    assert not deployed(stack).of_type("AWS::S3::BucketPolicy")


def test_for_a_bucket_of_this_app_nothing_is_reported() -> None:
    stack = new_stack()
    add_job(stack, data_source=from_new_bucket(stack))

    assert deployed(stack).of_type("AWS::S3::BucketPolicy")
    assert warnings_of(stack) == []


def test_the_policy_of_a_bucket_in_another_stack_is_created_in_that_stack() -> None:
    app = new_app()
    data, models = new_stack("Data", app), new_stack("Models", app)
    add_job(models, data_source=from_new_bucket(data))

    (bucket,) = deployed(data).of_type("AWS::S3::Bucket")
    statements = deployed(data).only("AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]

    assert [each["Resource"] for each in statements] == [
        f"arn:aws:s3:::{bucket.lower()}/interactions/*",
        f"arn:aws:s3:::{bucket.lower()}",
    ]
    assert models.dependencies == [data]
    assert warnings_of(models) == []


def test_as_many_imports_fit_into_a_bucket_policy_as_documented() -> None:
    def size_with(imports: int) -> int:
        stack = new_stack()
        bucket = s3.Bucket(stack, "Bucket")
        for number in range(imports):
            add_job(stack, f"Job{number}", data_source=DataSource.from_bucket(bucket, f"interactions-{number:03}/"))
        document = deployed(stack).only("AWS::S3::BucketPolicy")["PolicyDocument"]
        names = json.dumps(document, separators=(",", ":")).replace(
            next(iter(deployed(stack).of_type("AWS::S3::Bucket"))).lower(), "b" * 63
        )
        return len(names)

    few, more = size_with(2), size_with(12)
    capacity = 2 + (20_480 - few) // ((more - few) // 10)
    found = re.search(r"some (\d+) imports from folders", README)
    assert found is not None
    assert int(found[1]) <= capacity


@jsii.implements(cdk.IAspect)
class MoveRoles:
    def __init__(self, path: str) -> None:
        self._path = path

    def visit(self, node: Any) -> None:
        if isinstance(node, iam.CfnRole):
            node.path = self._path


def test_an_aspect_that_changes_the_path_of_import_roles_causes_a_warning() -> None:
    stack = new_stack("Shop")
    add_job(stack)
    cdk.Aspects.of(stack).add(MoveRoles("/company/"))

    (warning,) = own_warnings(stack, "import-role-path]")

    assert warning.startswith(
        "an Aspect has changed the path of the import role to /company/. The provider may pass only"
    )
    assert "under /personalize-import/${AWS::Region}/Shop/ (iam:PassRole)" in warning
    assert "Exclude Shop/Job/Role/Resource from the Aspect" in warning


def test_an_aspect_that_keeps_import_roles_below_the_path_of_the_provider_causes_no_warning() -> None:
    stack = new_stack()
    add_job(stack, provider=DatasetImportProvider(stack, "Imports", import_role_path="/company/"))
    cdk.Aspects.of(stack).add(MoveRoles("/company/imports/"))

    assert own_warnings(stack, "import-role-path]") == []


def test_without_aspects_there_is_no_warning() -> None:
    stack = new_stack()
    add_job(stack)
    add_job(cdk.NestedStack(stack, "Nested"))

    assert own_warnings(stack, "import-role-path]") == []
