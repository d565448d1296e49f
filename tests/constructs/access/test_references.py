"""Buckets, keys and roles of other construct libraries, which only implement `IBucketRef`, `IKeyRef` or `IRoleRef`."""

import aws_cdk as cdk
import jsii
from aws_cdk.interfaces.aws_iam import IRoleRef, RoleReference
from aws_cdk.interfaces.aws_kms import IKeyRef, KeyReference
from aws_cdk.interfaces.aws_s3 import BucketReference, IBucketRef

from personalize_import import DataSource
from tests.constructs.support.stacks import add_job, deployed, new_stack, own_warnings, properties_of

ROLE_ARN = "arn:aws:iam::123456789012:role/team/reads-data"
KEY_ARN = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"


@jsii.implements(IBucketRef)
class Bucket(cdk.Resource):
    @property
    def bucket_ref(self) -> BucketReference:
        return BucketReference(bucket_arn="arn:aws:s3:::data", bucket_name="data")


@jsii.implements(IKeyRef)
class Key(cdk.Resource):
    @property
    def key_ref(self) -> KeyReference:
        return KeyReference(key_arn=KEY_ARN, key_id=KEY_ARN.rpartition("/")[2])


@jsii.implements(IRoleRef)
class Role(cdk.Resource):
    @property
    def role_ref(self) -> RoleReference:
        return RoleReference(role_arn=ROLE_ARN, role_name="reads-data")


def test_a_job_reads_from_a_referenced_bucket_whose_policy_others_own() -> None:
    stack = new_stack()
    bucket = Bucket(stack, "Bucket")
    jobs = [add_job(stack, name, data_source=DataSource.from_bucket(bucket, f"{name}/")) for name in ("Users", "Items")]

    assert [properties_of(job)["DataLocation"] for job in jobs] == ["s3://data/Users/", "s3://data/Items/"]
    assert ":s3:::data/Users/*" in str(jobs[0].required_bucket_policy_statements[0].to_json())
    assert "the policy of the bucket" in str(own_warnings(stack))


def test_a_job_uses_a_referenced_key() -> None:
    stack = new_stack()
    key = Key(stack, "Key")
    for name in ("Users", "Items"):
        add_job(stack, name, data_source=DataSource.from_s3_uri(f"s3://data/{name}/", encryption_key=key))

    assert KEY_ARN in str(deployed(stack).all_properties("AWS::IAM::Role"))


def test_a_job_uses_a_referenced_role() -> None:
    stack = new_stack()

    assert properties_of(add_job(stack, role=Role(stack, "Role")))["RoleArn"] == ROLE_ARN
