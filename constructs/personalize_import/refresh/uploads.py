"""EventBridge events of uploads to the location of an import.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html
"""

import json
from collections.abc import Iterator
from typing import Any, Final, cast

import aws_cdk as cdk
import jsii
from constructs import IConstruct

from personalize_import.access.required_statements import readable
from personalize_import.data.data_source_config import DataSourceConfig
from personalize_import.refresh.refresh_settings import RefreshSettings
from personalize_import.synthesis.environment_checks import check_events_of_bucket
from personalize_import.synthesis.validation import require
from personalize_import.synthesis.warnings import WARNING_ID_PREFIX

_NOTIFICATIONS_ID: Final = "Notifications"
"""The id of the CDK's construct for the notifications of a bucket."""
_ENABLED: Final = "NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled"


def upload_pattern(data: DataSourceConfig) -> "cdk.aws_events.EventPattern":
    """Return a pattern of events for uploads to the location. It also matches files that Personalize ignores."""
    detail: dict[str, Any] = {"bucket": {"name": [data.bucket_name]}}
    if key := data.object_key:
        detail["object"] = {"key": [*_keys(key)]}
    return cdk.aws_events.EventPattern(source=["aws.s3"], detail_type=["Object Created"], detail=detail)


def _keys(key: str) -> Iterator[str | dict[str, str]]:
    """Yield the patterns of a file or a folder; the import also reads a folder without the slash at its end."""
    if not key.endswith("/"):
        yield key
    if not key.lower().endswith(".csv"):
        yield {"prefix": f"{key.removesuffix('/')}/"}


def enable_upload_events(settings: RefreshSettings) -> None:
    """Enable the events of the bucket, or warn about what the owner of the bucket must do."""
    bucket = settings.data.bucket
    require(settings.job, check_events_of_bucket(settings.job, bucket))
    if bucket is None or not (cdk.Resource.is_owned_resource(bucket) or _has_notifications(bucket)):
        _warn(settings)
        return
    if not _has_notifications(bucket):
        # Bucket.enable_event_bridge_notification would add a custom resource with its function, role and policy.
        cast("cdk.CfnResource", bucket.node.default_child).add_property_override(_ENABLED, value=True)
    cdk.Aspects.of(bucket).add(_KeepEvents(bucket))


@jsii.implements(cdk.IAspect)
class _KeepEvents:
    """Enables the events in the CDK's own custom resource too, if the bucket has one: it replaces the configuration."""

    def __init__(self, bucket: "cdk.aws_s3.IBucket") -> None:
        self._bucket = bucket

    def visit(self, node: IConstruct) -> None:
        if node.node.id == _NOTIFICATIONS_ID and _has_notifications(self._bucket):
            self._bucket.enable_event_bridge_notification()


def _has_notifications(bucket: "cdk.aws_s3.IBucket") -> bool:
    return bucket.node.try_find_child(_NOTIFICATIONS_ID) is not None


def _warn(settings: RefreshSettings) -> None:
    name = str(readable(settings.job, settings.data.bucket_name))
    configuration = json.dumps({"EventBridgeConfiguration": {}})
    cdk.Annotations.of(settings.job).add_warning_v2(
        f"{WARNING_ID_PREFIX}refresh-of-the-bucket:{name}",
        f"this app doesn't manage the bucket {name}. Uploads start no refresh unless it sends events to EventBridge: "
        f"aws s3api put-bucket-notification-configuration --bucket {name} "
        f"--notification-configuration '{configuration}'. "
        "This command replaces all notifications of the bucket: add those that get-bucket-notification-configuration "
        "returns. Or call enable_event_bridge_notification() of an imported bucket before this method",
    )
