"""What CloudFormation and Amazon Personalize answer, made into what is decided on."""

import json
import time
from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from personalize_import_cli.stack.jobs import Job
from personalize_import_cli.stack.operations import Event

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackEventTypeDef
    from mypy_boto3_personalize.type_defs import DatasetImportJobSummaryTypeDef


def event_of(told: "StackEventTypeDef") -> Event:
    """Read an event of CloudFormation."""
    return Event(
        logical_id=told.get("LogicalResourceId", ""),
        resource_type=told.get("ResourceType", ""),
        status=told.get("ResourceStatus", ""),
        at=told["Timestamp"].timestamp(),
        reason=told.get("ResourceStatusReason", ""),
        physical_id=told.get("PhysicalResourceId", ""),
        properties=_properties(told.get("ResourceProperties", "")),
        is_of_the_stack=told.get("PhysicalResourceId") == told["StackId"],
    )


def listed_job(told: "DatasetImportJobSummaryTypeDef") -> Job:
    """Read a job of a list of Amazon Personalize."""
    return Job(
        arn=told["datasetImportJobArn"],
        name=told["jobName"],
        status=told["status"],
        created_at=told["creationDateTime"].timestamp(),
        updated_at=told["lastUpdatedDateTime"].timestamp(),
        failure_reason=told.get("failureReason", ""),
    )


def _properties(text: str) -> Mapping[str, object]:
    try:
        properties = json.loads(text or "{}")
    except ValueError:
        return {}
    return properties if isinstance(properties, dict) else {}


def time_of(answer: Mapping[str, Any]) -> float:
    """Read a service's own time from its answer: its times are not to be compared with another clock's."""
    try:
        date: Sequence[str] | str = answer["ResponseMetadata"]["HTTPHeaders"]["date"]
        return parsedate_to_datetime(str(date)).timestamp()
    except (KeyError, ValueError):  # a proxy's date may be anything, or missing
        return time.time()
