"""The staging bucket, from which Personalize reads asset files. It is created only for apps that have asset files.

Personalize could read the bucket of CDK assets only if its policy allowed that, and the policy belongs to the bootstrap
stack, not to this app. So the files are copied to a bucket whose policy this app owns.
"""

import re
from collections.abc import Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from personalize_import import suppressions
from personalize_import.provider import permissions
from personalize_import.synthesis.customized_roles import report_statements
from personalize_import.synthesis.stack_environment import stack_of
from personalize_import_handler import contract
from personalize_import_handler.contract.statements import Statement

_KEPT: Final = cdk.Duration.days(30)
_A_DAY: Final = cdk.Duration.days(1)


class StagingBucket(Construct):
    """A bucket that is emptied before it is deleted, and the permissions of the provider's function to do so.

    Jobs with asset files depend on this construct: they are created after it and deleted before it.
    """

    def __init__(self, scope: Construct, id: str, *, service_token: str, role: iam.IRole) -> None:
        super().__init__(scope, id)
        self.bucket = self._create_bucket()
        # A separate policy, not an inline one: when an update removes the bucket, CloudFormation updates the role
        # before it empties the bucket, but deletes this policy after that.
        self._role = role
        self._policy = iam.Policy(self, "Policy")
        role.attach_inline_policy(self._policy)
        self._allow(permissions.staging_bucket_statements(self.bucket.bucket_arn))
        self._sources: set[str] = set()
        emptying = cdk.CustomResource(
            self,
            "Emptying",
            resource_type=contract.DATA_RESOURCE_TYPE,
            service_token=service_token,
            properties={"Bucket": self.bucket.bucket_name},
        )
        emptying.node.add_dependency(self._policy)

    def allow_copying_from(self, source: "cdk.aws_s3.IBucket") -> None:
        """Allow the provider's function to copy asset files from the bucket of CDK assets."""
        bucket_name = _without_sub(stack_of(self).resolve(source.bucket_name))
        if bucket_name not in self._sources:
            self._sources.add(bucket_name)
            self._allow(permissions.asset_statements(self, bucket_name))

    def _create_bucket(self) -> "cdk.aws_s3.Bucket":
        bucket = cdk.aws_s3.Bucket(
            self,
            "Bucket",
            encryption=cdk.aws_s3.BucketEncryption.S3_MANAGED,
            block_public_access=cdk.aws_s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            versioned=True,
            # Each import copies its files again, so they are needed only while a job is queued or running.
            lifecycle_rules=[
                cdk.aws_s3.LifecycleRule(
                    expiration=_KEPT,
                    noncurrent_version_expiration=_A_DAY,
                    abort_incomplete_multipart_upload_after=_A_DAY,
                )
            ],
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        suppressions.suppress_access_logs(bucket)
        return bucket

    def _allow(self, statements: Sequence[Statement]) -> None:
        self._policy.add_statements(*map(iam.PolicyStatement.from_json, statements))
        report_statements(self._role, statements)
        suppressions.suppress_wildcards(self._policy, statements)


def _without_sub(resolved: object) -> str:
    """Return a bucket name with `Ref` instead of `Fn::Sub`.

    The name is also in the cdk-nag suppressions in the metadata of the policy, where cfn-lint reports the `${...}` of
    `Fn::Sub` as an error.
    """
    match resolved:
        case {"Fn::Sub": str(text)}:
            return re.sub(r"\$\{(AWS::\w+)\}", lambda found: cdk.Fn.ref(found[1]), text)
        case str():
            return resolved
    return cdk.Token.as_string(resolved)
