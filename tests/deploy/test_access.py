"""Denied access in real deploys: the stack events, and the isolation of two teams in one account."""

import json
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from botocore.exceptions import ClientError

from tests.deploy.support.cloud import Cloud
from tests.deploy.support.stack_under_test import StackUnderTest
from tests.deploy.support.stacks import FaultStack
from tests.local_aws.support.server_setup import (
    ACCOUNT,
    PERSONALIZE,
    REGION,
    allow,
    client_of,
    deny,
    make_dataset,
    make_role,
    policy,
    start_job,
    trust,
)

pytestmark = [pytest.mark.deploy, pytest.mark.slow]

ANOTHER_ACCOUNT = "111122223333"
FORBIDDEN = "Insufficient privileges for accessing data in S3. "
OF_THE_ACCOUNT = trust(principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, condition={})


class ChangedStack(FaultStack):
    """A stack with resources that are changed after the construct has created them."""

    def __init__(
        self, app: cdk.App, name: str, location: str, *, change: Callable[[FaultStack], None] | None = None, **job: Any
    ) -> None:
        super().__init__(app, name, location, **job)
        if change:
            change(self)


@pytest.fixture
def changed(stack: StackUnderTest) -> StackUnderTest:
    stack.stack_class = ChangedStack
    return stack


def resource(stack: FaultStack, *path: str) -> cdk.CfnResource:
    construct: Any = stack
    for child_id in path:
        construct = construct.node.find_child(child_id)
    child = construct.node.default_child
    assert isinstance(child, cdk.CfnResource)
    return child


def role_that_reads_nothing(stack: FaultStack) -> None:
    resource(stack, "Import", "Role").add_property_deletion_override("Policies")


def role_that_trusts_for_another_account(stack: FaultStack) -> None:
    account = "AssumeRolePolicyDocument.Statement.0.Condition.StringEquals.aws:SourceAccount"
    resource(stack, "Import", "Role").add_property_override(account, ANOTHER_ACCOUNT)


def functions_that_pass_nothing(stack: FaultStack) -> None:
    role = resource(stack, "DatasetImportProvider", "IsCompleteRole")
    role.add_property_override("Policies.1.PolicyDocument.Statement.0.Action", "iam:GetRole")


def import_role_of(stack: StackUnderTest) -> str:
    """Return the ARN of the import role without its generated name."""
    return f"arn:aws:iam::{ACCOUNT}:role/personalize-import/{REGION}/{stack.name}/"


def statements_to_read(stack: StackUnderTest) -> str:
    bucket = f"arn:aws:s3:::{stack.name.lower()}"
    read = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{bucket}/users.csv"}
    see = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": bucket}
    by_role = ", ".join(map(json.dumps, (read, see)))
    by_service = ", ".join(
        json.dumps({"Effect": "Allow", "Principal": PERSONALIZE, **statement}) for statement in (read, see)
    )
    elsewhere = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": [f"{bucket}/users.csv", bucket],
        "Condition": {"ArnLike": {"aws:PrincipalArn": f"{import_role_of(stack)}*"}},
    }
    to_bucket = f"{by_service} and, if the bucket is in another account, {json.dumps(elsewhere)}"
    return f"{by_role}, to the policy of the bucket {to_bucket}, remove statements that deny this and deploy again."


def test_complete_access_deploys(changed: StackUnderTest) -> None:
    assert changed.deploy(change=lambda _: None) == "CREATE_COMPLETE"


def test_a_role_that_may_not_read_the_location_is_reported_with_the_missing_statements(changed: StackUnderTest) -> None:
    assert changed.deploy(change=role_that_reads_nothing) == "ROLLBACK_COMPLETE"
    assert changed.reason.startswith(FORBIDDEN)
    assert f"Add to the policy of the role {import_role_of(changed)}" in changed.reason
    assert statements_to_read(changed) in changed.reason


@pytest.mark.parametrize("bucket_policy", ["none", "denying"])
def test_a_bucket_that_denies_personalize_is_reported_with_the_missing_statements(
    changed: StackUnderTest, bucket_policy: str
) -> None:
    bucket = changed.name.lower()
    changed.cloud.s3.delete_bucket_policy(Bucket=bucket)
    if bucket_policy == "denying":
        denied = deny("s3:GetObject", on=f"arn:aws:s3:::{bucket}/*", Principal=PERSONALIZE)
        changed.cloud.s3.put_bucket_policy(Bucket=bucket, Policy=policy(denied))
    assert changed.deploy() == "ROLLBACK_COMPLETE"
    assert changed.reason.startswith(FORBIDDEN)
    assert f"fix bucket policy on {bucket}." in changed.reason
    assert statements_to_read(changed) in changed.reason


def test_a_trust_policy_without_the_account_is_reported_with_the_statement(changed: StackUnderTest) -> None:
    assert changed.deploy(change=role_that_trusts_for_another_account) == "ROLLBACK_COMPLETE"
    assert changed.reason.startswith(f"Amazon Personalize can't assume the role {import_role_of(changed)}")
    assert f"Add to the trust policy of the role {import_role_of(changed)}" in changed.reason
    statement = {
        "Effect": "Allow",
        "Principal": PERSONALIZE,
        "Action": "sts:AssumeRole",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": ACCOUNT},
            "StringLike": {"aws:SourceArn": f"arn:aws:personalize:{REGION}:{ACCOUNT}:*"},
        },
    }
    assert f"{json.dumps(statement)} and deploy again." in changed.reason


def assert_passing_is_refused(reason: str, role_arn: str) -> None:
    assert reason.startswith(f"User: arn:aws:sts::{ACCOUNT}:assumed-role/")
    assert f"is not authorized to perform: iam:PassRole on resource: {role_arn}" in reason
    passed = reason.partition("iam:PassRole on resource: ")[2].split()[0]
    statement = {
        "Effect": "Allow",
        "Action": "iam:PassRole",
        "Resource": passed,
        "Condition": {"StringEquals": {"iam:PassedToService": "personalize.amazonaws.com"}},
    }
    assert f"Add to the policy of the provider's role {json.dumps(statement)} and deploy again." in reason


def test_functions_that_may_not_pass_the_role_are_reported_with_the_statement(changed: StackUnderTest) -> None:
    assert changed.deploy(change=functions_that_pass_nothing) == "ROLLBACK_COMPLETE"
    assert_passing_is_refused(changed.reason, import_role_of(changed))


def deployed_role(stack: StackUnderTest) -> str:
    """Return the ARN of a stack's import role."""
    roles = stack.cloud.client("iam").list_roles(PathPrefix=f"/personalize-import/{REGION}/{stack.name}/")["Roles"]
    (role,) = roles
    return str(role["Arn"])


@pytest.fixture
def team_b(stack: StackUnderTest) -> StackUnderTest:
    team_b = StackUnderTest(stack.cloud, f"TeamB{stack.name[-6:]}")
    assert team_b.deploy() == "CREATE_COMPLETE"
    return team_b


def test_the_provider_of_one_team_can_not_pass_the_import_role_of_another_team(
    changed: StackUnderTest, team_b: StackUnderTest
) -> None:
    role_of_b = deployed_role(team_b)

    def give_role_of_b(stack: FaultStack) -> None:
        job = stack.job.node.default_child
        assert isinstance(job, cdk.CfnResource)
        job.add_property_override("RoleArn", role_of_b)

    assert changed.deploy(change=give_role_of_b) == "ROLLBACK_COMPLETE"
    assert f"RoleArn '{role_of_b}' is the import role of stack '{team_b.name}'" in changed.reason
    assert changed.jobs == []

    assert changed.deploy() == "CREATE_COMPLETE"


def sessions(cloud: Cloud, name: str) -> dict[str, Any]:
    """Create STS clients of a user and a role that may assume any role that trusts them, and of the root user."""
    iam = cloud.client("iam")
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="inline", PolicyDocument=policy(allow("sts:AssumeRole")))
    user = client_of(cloud, "sts", iam.create_access_key(UserName=name)["AccessKey"])
    role = make_role(cloud, name, allow("sts:AssumeRole"), trusting=OF_THE_ACCOUNT)
    assumed = user.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    return {"user": user, "role": client_of(cloud, "sts", assumed), "root": cloud.client("sts")}


def test_no_identity_of_the_account_can_assume_an_import_role(stack: StackUnderTest) -> None:
    assert stack.deploy() == "CREATE_COMPLETE"
    of_the_account = make_role(stack.cloud, f"{stack.name}-open", trusting=OF_THE_ACCOUNT)
    for who, sts in sessions(stack.cloud, stack.name).items():
        assert sts.assume_role(RoleArn=of_the_account, RoleSessionName="test")["Credentials"], who
        with pytest.raises(ClientError) as refused:
            sts.assume_role(RoleArn=deployed_role(stack), RoleSessionName="test")
        assert refused.value.response["Error"]["Code"] == "AccessDenied", who


def test_personalize_can_not_assume_an_import_role_for_another_account(stack: StackUnderTest) -> None:
    assert stack.deploy() == "CREATE_COMPLETE"
    role = deployed_role(stack)
    another = Cloud(stack.cloud.aws, stack.cloud.folder, ANOTHER_ACCOUNT)
    dataset = make_dataset(another, stack.name)
    assert f":{ANOTHER_ACCOUNT}:" in dataset
    with pytest.raises(another.personalize.exceptions.InvalidInputException, match=f"can't assume the role {role}"):
        start_job(another.personalize, "theirs", dataset, stack.location, role)
