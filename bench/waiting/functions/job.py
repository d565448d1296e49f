"""One import as functions of one's own decide on it: the same for the `Provider` framework and for crhelper."""

from typing import Any, Final

import boto3
from botocore.exceptions import ClientError

_LATER: Final = ("LimitExceededException", "ResourceInUseException", "ThrottlingException")
_personalize: Final = boto3.client("personalize")


def arn_of(event: dict[str, Any]) -> str:
    """Name the job after the request, so that a request that comes twice starts it once."""
    properties = event["ResourceProperties"]
    return f"{properties['DatasetArn'].split(':dataset/')[0]}:dataset-import-job/{_name_of(event)}"


def start(event: dict[str, Any]) -> None:
    """Start the job; where the service has no room for it now, the next look tries again."""
    properties = event["ResourceProperties"]
    try:
        _personalize.create_dataset_import_job(
            jobName=_name_of(event),
            datasetArn=properties["DatasetArn"],
            dataSource={"dataLocation": properties["DataLocation"]},
            roleArn=properties["RoleArn"],
            importMode="FULL",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] not in (*_LATER, "ResourceAlreadyExistsException"):
            raise


def is_active(event: dict[str, Any]) -> bool:
    """Look at the job once: ACTIVE, not yet, or an error with the service's reason."""
    try:
        job = _personalize.describe_dataset_import_job(datasetImportJobArn=arn_of(event))["datasetImportJob"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            start(event)
        elif error.response["Error"]["Code"] not in _LATER:
            raise
        return False
    if job["status"] == "CREATE FAILED":
        raise RuntimeError(job["failureReason"])
    return bool(job["status"] == "ACTIVE")


def _name_of(event: dict[str, Any]) -> str:
    return f"{event['ResourceProperties']['JobName']}-{event['RequestId'][:8]}"
