"""A session of an import role, which reads and writes data over S3's API, where IAM is enforced."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointProviderError, ParamValidationError, UnsupportedS3ArnError

from personalize_local.personalize.interfaces import DataAccessDeniedError, DataNotFoundError, S3Object

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CHUNK_BYTES: Final = 1 << 20
# Raised by S3, or by its client for names that no bucket or object can have.
_REFUSED: Final = (ClientError, ParamValidationError, EndpointProviderError, UnsupportedS3ArnError, UnicodeError)
_DENIED: Final = frozenset({"AccessDenied", "AllAccessDisabled", "Forbidden", "403"})


@dataclass(frozen=True)
class RoleSession:
    """A session that uses S3 with the role's credentials, if the bucket policy also allows it to the service."""

    endpoint_url: str
    region: str
    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(repr=False)
    require_bucket_policy: Callable[[str, str, str | None], None]
    """Raises `DataAccessDeniedError` unless the bucket policy allows an action on a bucket, or on a key in it."""

    def list_objects(self, bucket: str, prefix: str) -> Sequence[S3Object]:
        """List the objects whose keys start with `prefix`."""
        try:
            pages = list(self._client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix))
        except _REFUSED as error:
            raise _read_error(error, bucket) from error
        self.require_bucket_policy("s3:ListBucket", bucket, None)
        return [S3Object(item["Key"], item["Size"]) for page in pages for item in page.get("Contents", [])]

    def read_chunks(self, bucket: str, key: str) -> Iterator[bytes]:
        """Stream an object."""
        try:
            body = self._client.get_object(Bucket=bucket, Key=key)["Body"]
        except _REFUSED as error:
            raise _read_error(error, bucket) from error
        self.require_bucket_policy("s3:GetObject", bucket, key)
        return body.iter_chunks(_CHUNK_BYTES)

    def write_object(self, bucket: str, key: str, content: bytes) -> None:
        """Write an object."""
        try:
            self._client.head_bucket(Bucket=bucket)
            self.require_bucket_policy("s3:PutObject", bucket, key)
            self._client.put_object(Bucket=bucket, Key=key, Body=content)
        except _REFUSED as error:
            raise _read_error(error, bucket) from error

    @cached_property
    def _client(self) -> "S3Client":
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint_url,
            region_name=self.region,
            aws_access_key_id=self.access_key_id,
            aws_secret_access_key=self.secret_access_key,
            aws_session_token=self.session_token,
            config=Config(s3={"addressing_style": "path"}),
        )


def _read_error(error: Exception, bucket: str) -> Exception:
    denied = isinstance(error, ClientError) and error.response["Error"].get("Code") in _DENIED
    return DataAccessDeniedError(bucket) if denied else DataNotFoundError(str(error))
