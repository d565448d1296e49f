"""The bucket from which Personalize reads what the app has shipped, made for those alone who ship anything.

Personalize could read the CDK's own bucket only with a statement in that bucket's policy, which is for whoever has
bootstrapped the account. So the files are brought here, where the policy is this app's.
"""

import re
from collections.abc import Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from personalize_import import suppressions
from personalize_import.provider import statements as permissions
from personalize_import.synthesis.customized_roles import report_statements
from personalize_import.synthesis.environment import stack_of
from personalize_import_handler import contract

_KEPT: Final = cdk.Duration.days(30)
_A_DAY: Final = cdk.Duration.days(1)


class StagingBucket(Construct):
    """A bucket that is emptied before it is deleted, and what the provider's function needs to fill and to empty it.

    What needs the data depends on all of this: it comes after it, and is deleted before it.
    """

    def __init__(self, scope: Construct, id: str, *, service_token: str, role: iam.IRole) -> None:
        super().__init__(scope, id)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            versioned=True,
            # Each import brings its files again: they are needed no longer than a job waits and runs.
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=_KEPT,
                    noncurrent_version_expiration=_A_DAY,
                    abort_incomplete_multipart_upload_after=_A_DAY,
                )
            ],
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        suppressions.suppress_access_logs(self.bucket)
        # A policy of its own, and no inline one of the role: where an update drops the bucket, this is there until the
        # bucket is empty, while the role has changed before that.
        self._role = role
        self._policy = iam.Policy(self, "Policy")
        role.attach_inline_policy(self._policy)
        self._allow(permissions.staging_bucket_statements(self.bucket))
        self._sources: set[str] = set()
        emptying = cdk.CustomResource(
            self,
            "Emptying",
            resource_type=contract.DATA_RESOURCE_TYPE,
            service_token=service_token,
            properties={"Bucket": self.bucket.bucket_name},
        )
        emptying.node.add_dependency(self._policy)

    def allow_copying_from(self, source: s3.IBucket) -> None:
        """Let the provider's function copy data from the bucket to which the CDK has shipped it."""
        bucket_name = _without_sub(stack_of(self).resolve(source.bucket_name))
        if bucket_name not in self._sources:
            self._sources.add(bucket_name)
            self._allow(permissions.asset_statements(self, bucket_name))

    def _allow(self, statements: Sequence[iam.PolicyStatement]) -> None:
        self._policy.add_statements(*statements)
        report_statements(self._role, statements)
        suppressions.suppress_wildcards(self._policy, statements)


def _without_sub(resolved: object) -> str:
    """Write a name of the CDK's with references, for CloudFormation's linter takes those of `Fn::Sub` for mistakes.

    They stand in the metadata of the policy too, where cdk-nag is told of its wildcards.
    """
    match resolved:
        case {"Fn::Sub": str(text)}:
            return re.sub(r"\$\{(AWS::\w+)\}", lambda found: cdk.Fn.ref(found[1]), text)
        case str():
            return resolved
    return cdk.Token.as_string(resolved)
