"""Guards of publishing state change events."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_changes: Final = "handler/job/test_state_changes.py"
_faults: Final = "faults/test_state_change_faults.py"
_publish: Final = partial(Patch, "job/state_changes.py", _changes)
_fault: Final = partial(Patch, "job/state_changes.py", _faults)
_failed: Final = partial(Patch, "job/job_poll.py", _changes)
_refused: Final = partial(Patch, "job/requested_import.py", _changes)
_bus: Final = partial(Patch, "aws/event_bus_client.py", "handler/aws/test_event_bus_client.py")

GUARDS: Final = (
    # In `publish_outcome, publish_failure`
    _publish(
        "no event is published without PublishStateChanges",
        "if not (properties.publish_state_changes or request.provider.name) or observed is None:",
        "if observed is None:",
    ),
    _publish(
        "a status that the previous resource has published is not published again",
        "    if _is_published_by_predecessor(observed, progress, properties):",
        "    if False:",
    ),
    _publish(
        "the failure of a request is published",
        "    _publish(observed_status(failure), request",
        "    _publish(None, request",
    ),
    _publish(
        "a published status is recorded",
        "outcome.progress._replace(published_status=status, publishing_failed=failed)",
        "outcome.progress",
    ),
    # In `observed_status`
    _publish(
        "without a job none is named",
        "arn = None if outcome.status == STATUS_NOT_STARTED else outcome",
        "arn = outcome",
    ),
    _publish(
        "a status that was not observed is not published",
        "return None if status in (None, STATUS_UNKNOWN) else ObservedStatus",
        "return None if status is None else ObservedStatus",
    ),
    _publish(
        "the event of a job that still runs has its ARN",
        "status, arn = outcome.status, outcome.dataset_import_job_arn",
        "status, arn = outcome.status, None",
    ),
    _publish(
        "the event of a job that has ended has its ARN",
        "outcome.attributes[Attribute.STATUS], outcome.attributes[Attribute.DATASET_IMPORT_JOB_ARN]",
        "outcome.attributes[Attribute.STATUS], outcome.attributes[Attribute.JOB_NAME]",
    ),
    Patch(
        *("job/requested_import.py", _changes, "a poll that waits has the ARN of the job"),
        "seconds, dataset_import_job_arn=arn, status=status)",
        "seconds, status=status)",
    ),
    # In `is_status_change`
    _publish("a status is published once", "return observed.status != last and not was_done", "return not was_done"),
    _publish(
        "a job that was done has not changed",
        "return observed.status != last and not was_done",
        "return observed.status != last",
    ),
    _publish("a job that this request has started has changed", " and progress.attempt is None\n", "\n"),
    _publish(
        "a job that another resource has started has changed",
        "has_succeeded(observed.status) and last is None and",
        "has_succeeded(observed.status) and",
    ),
    _publish(
        "only a status that is final at first is not published",
        "has_succeeded(observed.status) and last is None",
        "last is None",
    ),
    _publish(
        "a wait chain publishes each status once",
        "progress.published_status or properties.last_status",
        "progress.published_status",
    ),
    # In `_publish`
    _fault(
        "an event that isn't taken fails no import",
        "    except NotPublishedError as problem:",
        "    except KeyError as problem:",
    ),
    _fault(
        "that an event isn't taken is logged once", "        if not progress.publishing_failed:\n", "        if True:\n"
    ),
    _fault(
        "a rejected event is published by the next poll",
        "return progress._replace(publishing_failed=True)",
        "return progress._replace(publishing_failed=True, published_status=observed.status)",
    ),
    _fault(
        "what isn't taken later is logged again",
        "return progress._replace(published_status=observed.status, publishing_failed=False)",
        "return progress._replace(published_status=observed.status)",
    ),
    _publish(
        "an event has the service's time",
        "services.event_bus.publish(change, services.personalize.now())",
        "services.event_bus.publish(change, 0)",
    ),
    # In `importing` and `outcome`
    _failed(
        "a job that has failed is published with the status of the service",
        "failure_reasons.job_failed(job, again=requested.again), arn, job.status)",
        "failure_reasons.job_failed(job, again=requested.again), arn)",
    ),
    _failed(
        "a job that times out is published as unwatched",
        "        raise ImportFailedError(reason, arn, progress.status_if_failed)\n    age",
        "        raise ImportFailedError(reason, arn)\n    age",
    ),
    _failed(
        "a deleted job is published as unwatched",
        "(arn, again=requested.again)\n        raise ImportFailedError(reason, arn, progress.status_if_failed)",
        "(arn, again=requested.again)\n        raise ImportFailedError(reason, arn)",
    ),
    _failed(
        "a job with an unknown status is published as unwatched",
        "raise ImportFailedError(reason, arn, progress.status_if_failed) from problem",
        "raise ImportFailedError(reason, arn) from problem",
    ),
    _refused(
        "a job that may not be described is published as unwatched",
        "        raise ImportFailedError(reason, arn, progress.status_if_failed) from refused\n\n    def _is_retryable",
        "        raise ImportFailedError(reason, arn) from refused\n\n    def _is_retryable",
    ),
    _refused(
        "a job that could not be described in time is published as unwatched",
        "            raise ImportFailedError(reason, arn, progress.status_if_failed)\n        return Finished",
        "            raise ImportFailedError(reason, arn)\n        return Finished",
    ),
    _failed(
        "a poll returns the status of the job",
        "return requested.wait(arn, progress, seconds, job.status)",
        "return requested.wait(arn, progress, seconds)",
    ),
    # In `event_bus_client`
    _bus(
        "an entry that is refused is no success",
        '        if code := result.get("ErrorCode"):',
        '        if code := result.get("Code"):',
    ),
    _bus("a refusal is reported", "        except RefusedError as refused:", "        except KeyError as refused:"),
    _bus("an entry that EventBridge is too busy for is put again", "_PAUSES: Final = (1, 2)", "_PAUSES: Final = ()"),
    _bus("an entry is put again for seconds only", "_PAUSES: Final = (1, 2)", "_PAUSES: Final = (1, 2, 4, 8)"),
    _bus(
        "a dead endpoint is not waited for", "connect_timeout=1, read_timeout=2", "connect_timeout=10, read_timeout=20"
    ),
    _bus("without a job an event is about the dataset", "if arn],\n", "],\n"),
)
