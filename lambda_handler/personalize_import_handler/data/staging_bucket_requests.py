"""Requests for `Custom::PersonalizeImportData`: a Delete empties the staging bucket.

CloudFormation deletes the bucket afterwards, which fails if the bucket is not empty.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

from personalize_import_handler.aws.error_codes import is_retryable
from personalize_import_handler.aws.storage import Storage
from personalize_import_handler.contract import DATA_RESOURCE_TYPE, DataResourceProperties, constraints, data_files
from personalize_import_handler.errors import ImportFailedError, RefusedError
from personalize_import_handler.messages import failure_reasons
from personalize_import_handler.request import polling
from personalize_import_handler.request.outcome import Finished, Outcome, Progress, Waiting
from personalize_import_handler.request.ownership import Provider
from personalize_import_handler.request.request_time import delete_seconds

logger = logging.getLogger(__name__)

_BUCKET: Final = "Bucket"


def receive(event: Mapping[str, Any], provider: Provider) -> Finished:
    """Check a Create or Update, which do nothing else. A different bucket is a different resource."""
    properties = event.get("ResourceProperties", {})
    known = DataResourceProperties.__annotations__
    problems = [
        *constraints.check_known(properties, known, DATA_RESOURCE_TYPE),
        *data_files.BUCKET.check(_BUCKET, properties.get(_BUCKET)),
    ]
    if not problems and not _is_of_provider(event, provider):
        problems = [f"{DATA_RESOURCE_TYPE} is allowed only in the provider's own stack, {provider.stack_id}"]
    if problems:
        raise ImportFailedError(f"{'; '.join(problems)}.")
    return Finished(physical_resource_id=str(properties[_BUCKET]), attributes={})


def poll_delete(
    event: Mapping[str, Any], provider: Provider, progress: Progress, storage: Storage, now: Callable[[], float]
) -> Outcome:
    """Empty the bucket, in as many polls as needed; if this fails, CloudFormation reports it for the bucket.

    Never fails, because a resource that can't be deleted blocks its stack permanently.
    """
    properties = event.get("ResourceProperties", {})
    bucket = properties.get(_BUCKET)
    finished = Finished(attributes={})
    if any(data_files.BUCKET.check(_BUCKET, bucket)):
        return finished
    if not _is_of_provider(event, provider):
        logger.warning("%s was not emptied: %s is not the provider's stack", bucket, event["StackId"])
        return finished
    elapsed = progress.elapsed_seconds(now())
    try:
        if storage.empty(str(bucket)):
            return finished
        seconds = 0
    except RefusedError as refused:
        if not is_retryable(refused, elapsed) or elapsed >= delete_seconds(properties):
            logger.warning("%s", failure_reasons.bucket_not_emptied(refused, str(bucket)))
            return finished
        logger.info("Retrying later: %s", refused)
        seconds = polling.seconds_until_retry()
    return Waiting(progress=progress.with_start_time(now()), wait_seconds=seconds)


def _is_of_provider(event: Mapping[str, Any], provider: Provider) -> bool:
    """Return whether a request comes from the provider's own stack, which contains the staging bucket."""
    return bool(event["StackId"] == provider.stack_id)
