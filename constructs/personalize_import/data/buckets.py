"""Buckets of data sources: any `IBucketRef`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, cast

from aws_cdk import aws_s3 as s3
from aws_cdk.interfaces.aws_s3 import IBucketRef

from personalize_import_handler.contract.constraints import violation

if TYPE_CHECKING:
    from constructs import Construct

_REFERENCE_ID: Final = "Referenced"


def bucket_of(bucket: IBucketRef) -> s3.IBucket:
    """Return a bucket with its methods; a bucket that is only a reference counts as imported."""
    if isinstance(bucket, s3.CfnBucket):
        return s3.Bucket.from_cfn_bucket(bucket)
    if hasattr(bucket, "bucket_arn"):
        return cast("s3.IBucket", bucket)
    existing = cast("s3.IBucket | None", bucket.node.try_find_child(_REFERENCE_ID))
    return existing or s3.Bucket.from_bucket_arn(cast("Construct", bucket), _REFERENCE_ID, bucket.bucket_ref.bucket_arn)


def check_bucket(name: str, bucket: object) -> Iterator[str]:
    """Yield a problem unless the value is a bucket."""
    # isinstance raises an error for a jsii interface.
    if not hasattr(bucket, "bucket_ref"):
        yield violation(name, bucket, "a Bucket or another IBucketRef; pass a bucket's name to DataSource.from_s3_uri")
