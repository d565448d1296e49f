"""The bucket from which Personalize reads what the app has shipped, made for those alone who ship anything.

Personalize could read the CDK's own bucket only with a statement in that bucket's policy, which is for whoever has
bootstrapped the account. So the files are brought here, where the policy is this app's.
"""

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from personalize_import import findings
from personalize_import import provider_permissions as permissions
from personalize_import_handler import contract

_KEPT: Final = cdk.Duration.days(30)
_A_DAY: Final = cdk.Duration.days(1)


class DataBucket(Construct):
    """A bucket that is emptied before it is deleted, and what the provider needs to fill and to empty it.

    What needs the data depends on all of this: it comes after it, and is deleted before it.
    """

    def __init__(self, scope: Construct, id: str, *, service_token: str, function: iam.IGrantable) -> None:
        super().__init__(scope, id)
        self._bucket = s3.Bucket(
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
        findings.accept_no_access_logs(self._bucket)
        self._statements = permissions.data_statements(self._bucket)
        self._sources: set[str] = set()
        # A policy of its own, not an inline one of the role: where an update drops the bucket, this goes after the
        # resource that empties it, while the role has changed before that.
        self._policy = iam.Policy(self, "Policy", statements=self._statements)
        findings.accept_wildcards(self._policy, self._statements)
        self._policy.attach_to_role(role)
        emptying = cdk.CustomResource(
            self,
            "Emptying",
            resource_type=contract.DATA_RESOURCE_TYPE,
            service_token=service_token,
            properties={"Bucket": self._bucket.bucket_name},
        )
        emptying.node.add_dependency(self._policy)
