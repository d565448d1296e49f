"""Where the data is: a file or a folder in S3."""

from dataclasses import dataclass
from typing import Final, Self

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from constructs import Construct

from personalize_import.arguments import check_text
from personalize_import_handler import checks

_SCHEME: Final = "s3://"


@dataclass(frozen=True)
class DataSource:
    """The CSV file, or the folder of CSV files, to import. Make one with `from_bucket` or `from_s3_uri`.

    In a folder, Personalize reads the files of the first level only:
    https://docs.aws.amazon.com/personalize/latest/dg/bulk-data-import-step.html
    """

    data_location: str
    """The `s3://` URI."""
    bucket_name: str
    object_key: str
    """The key of a file; of a folder, the prefix with the slash at its end."""
    bucket: s3.IBucket | None
    """The bucket, where CDK knows it."""

    @classmethod
    def from_bucket(cls, bucket: s3.IBucket, object_key: str) -> Self:
        """Import from a bucket of this app, or one that was looked up or imported into it.

        Args:
            bucket: The bucket. One that this app creates gets the bucket policy that Personalize asks for.
            object_key: A file's key such as `interactions.csv`, or a folder's prefix with the slash at its end such as
                `interactions/`. An empty string is the top of the bucket.

        Raises:
            ValueError: `object_key` starts with a slash.
        """
        if object_key.startswith("/"):
            raise ValueError(checks.violation("object_key", object_key, "a key or prefix without a slash at its start"))
        return cls(f"{_SCHEME}{bucket.bucket_name}/{object_key}", bucket.bucket_name, object_key, bucket)

    @classmethod
    def from_s3_uri(cls, uri: str) -> Self:
        """Import from a bucket that CDK doesn't know.

        Args:
            uri: `s3://bucket/file.csv`, or `s3://bucket/folder/` with the slash at its end; at most 256 characters. The
                bucket's policy must let `personalize.amazonaws.com` read the location: synth tells the statements.

        Raises:
            ValueError: `uri` is not of that form.
        """
        if problems := list(check_text("uri", uri, checks.DATA_LOCATION)):
            raise ValueError("; ".join(problems))
        bucket_name, object_key = _split(uri)
        return cls(uri, bucket_name, object_key, None)

    def bucket_arn(self, scope: Construct) -> str:
        """Give the bucket's ARN, for policies."""
        return _s3_arn(scope, self.bucket_name)

    def objects_arn(self, scope: Construct) -> str:
        """Give the ARN of the file, or a pattern for all below the folder, for policies."""
        is_folder = self.object_key == "" or self.object_key.endswith("/") or cdk.Token.is_unresolved(self.object_key)
        return _s3_arn(scope, f"{self.bucket_name}/{self.object_key}{'*' if is_folder else ''}")


def _s3_arn(scope: Construct, resource: str) -> str:
    return cdk.Stack.of(scope).format_arn(service="s3", region="", account="", resource=resource)


def _split(uri: str) -> tuple[str, str]:
    """Split a location into bucket and key, also where it is known at deploy time only."""
    if not cdk.Token.is_unresolved(uri):
        bucket_name, _, object_key = uri.removeprefix(_SCHEME).partition("/")
        return bucket_name, object_key
    bucket_name = cdk.Fn.select(2, cdk.Fn.split("/", uri))
    object_key = cdk.Fn.select(1, cdk.Fn.split(cdk.Fn.join("", [_SCHEME, bucket_name, "/"]), uri))
    return bucket_name, object_key
