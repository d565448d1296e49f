"""Buckets of data sources: any `IBucketRef`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, cast

import aws_cdk as cdk
from aws_cdk.interfaces.aws_s3 import IBucketRef

from personalize_import_handler.contract.constraints import violation

if TYPE_CHECKING:
    from constructs import Construct

_REFERENCE_ID: Final = "Referenced"


def bucket_of(bucket: IBucketRef) -> "cdk.aws_s3.IBucket":
    """Return a bucket with its methods; a bucket that is only a reference counts as imported."""
    if isinstance(bucket, cdk.aws_s3.CfnBucket):
        return cdk.aws_s3.Bucket.from_cfn_bucket(bucket)
    if hasattr(bucket, "bucket_arn"):
        return cast("cdk.aws_s3.IBucket", bucket)
    existing = cast("cdk.aws_s3.IBucket | None", bucket.node.try_find_child(_REFERENCE_ID))
    return existing or cdk.aws_s3.Bucket.from_bucket_arn(
        cast("Construct", bucket), _REFERENCE_ID, bucket.bucket_ref.bucket_arn
    )


def check_bucket(name: str, bucket: object) -> Iterator[str]:
    """Yield a problem unless the value is a bucket."""
    # isinstance raises an error for a jsii interface.
    if not hasattr(bucket, "bucket_ref"):
        yield violation(name, bucket, "a Bucket or another IBucketRef; pass a bucket's name to DataSource.from_s3_uri")
