"""Create and poll an import job; used with the `Provider` framework and with crhelper."""

from typing import Any, Final

import boto3
from botocore.exceptions import ClientError

_LATER: Final = ("LimitExceededException", "ResourceInUseException", "ThrottlingException")
_personalize: Final = boto3.client("personalize")


def arn_of(event: dict[str, Any]) -> str:
    """Return the ARN of the request's job, whose name depends only on the request, so a retry starts no second job."""
    properties = event["ResourceProperties"]
    return f"{properties['DatasetArn'].split(':dataset/')[0]}:dataset-import-job/{_name_of(event)}"


def start(event: dict[str, Any]) -> None:
    """Start the job; if the service can't start it now, the next poll tries again."""
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
    """Poll the job once; return whether it is ACTIVE, and raise RuntimeError with the failure reason if it failed."""
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
