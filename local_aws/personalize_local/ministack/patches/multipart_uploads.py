"""The time of objects that are uploaded in parts: when the upload was initiated, as in S3, not when it was completed.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html, "System-defined object metadata"
"""

from contextvars import ContextVar
from typing import Any, Final

from ministack.services import s3

_initiated_at: Final[ContextVar[str | None]] = ContextVar("_initiated_at", default=None)


def date_multipart_uploads() -> None:
    """Date such an object by the beginning of its upload; the event of its creation has the time of the completion."""
    complete, record_version = s3._complete_multipart_upload, s3._record_object_version  # noqa: SLF001

    def complete_upload(
        bucket_name: str, key: str, body: bytes, query_params: dict[str, Any], headers: dict[str, str] | None = None
    ) -> Any:  # noqa: ANN401 - ministack's own
        upload = s3._multipart_uploads.get(s3._qp(query_params, "uploadId")) or {}  # noqa: SLF001
        token = _initiated_at.set(upload.get("created"))
        try:
            return complete(bucket_name, key, body, query_params, headers)
        finally:
            _initiated_at.reset(token)

    def record_object_version(bucket_name: str, key: str, prior: Any, obj: Any, body: Any) -> Any:  # noqa: ANN401 - ministack's own
        if initiated_at := _initiated_at.get():
            obj["last_modified"] = initiated_at
        return record_version(bucket_name, key, prior, obj, body)

    s3._complete_multipart_upload = complete_upload  # noqa: SLF001
    s3._record_object_version = record_object_version  # noqa: SLF001
