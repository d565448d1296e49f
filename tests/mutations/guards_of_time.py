"""Guards of elapsed time, the schedule of polls, fresh permissions, and timeouts."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_progress: Final = partial(Patch, "request/outcome.py", "handler/job/test_lifecycle_waiting.py")
_attributes: Final = partial(Patch, "request/outcome.py", "handler/job/test_lifecycle_create.py")
_pace: Final = partial(Patch, "request/polling.py", "handler/request/test_polling.py")
_fresh: Final = partial(Patch, "aws/error_codes.py", "handler/aws/test_fresh_permissions.py")
_failed: Final = partial(Patch, "request/outcome.py", "handler/job/test_state_changes.py")
_error: Final = partial(Patch, "errors.py", "handler/job/test_state_changes.py")
_late: Final = partial(Patch, "request/request_time.py", "handler/request/test_request_time.py")

GUARDS: Final = (
    # In `outcome`
    _progress("the time begins once", "if self.started_at is not None:", "if False:"),
    _progress(
        "the time that has begun is recorded", "return self._replace(started_at=self._sent_at(now))", "return self"
    ),
    # In `request_time` and `custom_resource`
    _late(
        "a request is as old as the signature of its URL",
        "if signed is not None and now - EVENT_AGE_SECONDS_MAX <= signed <= now:",
        "if False:",
    ),
    _late("a signature of the future is another clock's", "<= signed <= now:", "<= signed:"),
    _late("a signature of long ago is another clock's", "now - EVENT_AGE_SECONDS_MAX <= signed", "signed"),
    _late("a request is at least as old as its event", "return now - age_seconds", "return now"),
    _late("a URL that is none has no time", "with suppress(ValueError):", "with suppress(KeyError):"),
    Patch(
        "cloudformation/custom_resource.py",
        "faults/test_late_events.py",
        "when an event was received is passed on",
        "            events.RECEIVED_AT: self._invoked_at,\n",
        "",
    ),
    Patch(
        "cloudformation/custom_resource.py",
        "faults/test_late_events.py",
        "each invocation has its own time",
        "        self._invoked_at = self._clock()\n        self.wait_seconds = None\n",
        "        self.wait_seconds = None\n",
    ),
    Patch(
        "cloudformation/custom_resource.py",
        "faults/test_late_events.py",
        "the URL's time is read",
        'url_signed_at=request_time.signed_at(event["ResponseURL"])',
        "url_signed_at=None",
    ),
    Patch(
        "job/import_job.py",
        "faults/test_late_events.py",
        "a request that is too old starts no job",
        "    if requested.is_timed_out(progress):\n        # The event came",
        "    if False:\n        # The event came",
    ),
    Patch(
        "job/import_job.py",
        "faults/test_late_events.py",
        "files are copied as long as there is time",
        "    if requested.is_timed_out(progress):\n        return _give_up",
        "    if False:\n        return _give_up",
    ),
    _error(
        "a failure keeps the ARN of its job",
        "        self.dataset_import_job_arn = dataset_import_job_arn\n",
        "        self.dataset_import_job_arn = None\n",
    ),
    _attributes(
        "the job's ARN is an attribute",
        "Attribute.DATASET_IMPORT_JOB_ARN: job.dataset_import_job_arn,",
        "Attribute.DATASET_IMPORT_JOB_ARN: job.job_name,",
    ),
    _attributes("the job's name is an attribute", "Attribute.JOB_NAME: job.job_name,", ""),
    _attributes("the job's status is an attribute", "Attribute.STATUS: job.status,", 'Attribute.STATUS: "ACTIVE",'),
    _attributes("the dataset's ARN is an attribute", "Attribute.DATASET_ARN: job.dataset_arn,", ""),
    _attributes("the beginning is an attribute", "_iso(job.creation_date_time)", "str(job.creation_date_time)"),
    _attributes("the end is an attribute", "_iso(job.last_updated_date_time)", "_iso(job.creation_date_time)"),
    _attributes("the duration is an attribute, in whole seconds", "str(round(job.last", "str((job.last"),
    Patch(
        "request/outcome.py",
        "faults/test_wait_chain.py",
        "a job that is not seen has all attributes",
        '        **dict.fromkeys(Attribute, ""),\n',
        "",
    ),
    Patch(
        "request/outcome.py",
        "faults/test_wait_chain.py",
        "a job that is not seen has a status that says so",
        "Attribute.STATUS: STATUS_UNKNOWN",
        'Attribute.STATUS: "ACTIVE"',
    ),
    Patch(
        "request/outcome.py",
        "faults/test_wait_chain.py",
        "a job that is not seen has its name",
        'dataset_import_job_arn.rpartition("/")[2]',
        "dataset_import_job_arn",
    ),
    Patch(
        "request/outcome.py",
        "faults/test_wait_chain.py",
        "a job that is not seen has its dataset",
        "Attribute.DATASET_ARN: dataset_arn,",
        "",
    ),
    # In `polling`
    Patch(
        "request/outcome.py",
        "handler/request/test_queueing.py",
        "the time in a place begins again when the place grows",
        "imports_ahead not in (None, self.imports_ahead)",
        "imports_ahead is not None and (self.imports_ahead is None or imports_ahead < self.imports_ahead)",
    ),
    Patch(
        "request/queueing.py",
        "handler/request/test_queueing.py",
        "an import in the same place requests its job after a while",
        "return is_first or delay.seconds >= _SAME_PLACE_SECONDS",
        "return is_first",
    ),
    Patch(
        "request/queueing.py",
        "handler/request/test_queueing.py",
        "only the first imports request their jobs",
        "delay.imports_ahead < _RUNNING_MAX\n    return",
        "True\n    return",
    ),
    Patch(
        "request/execution.py",
        "handler/request/test_queueing.py",
        "the resources of a wait chain keep their place",
        'timedelta(minutes=int(name["waited"]) if name else 0)',
        "timedelta(0)",
    ),
    _pace("tries are some thirty seconds apart", "_RETRY_SECONDS: Final = 30", "_RETRY_SECONDS: Final = 3"),
    Patch(
        "job/requested_import.py",
        "handler/request/test_polling.py",
        "who has a job doesn't wait for room",
        "isinstance(refused, BusyError) and not progress.dataset_import_job_arn",
        "isinstance(refused, BusyError)",
    ),
    Patch(
        "job/requested_import.py",
        "handler/request/test_polling.py",
        "who has no job yet is queued",
        "queues = isinstance(refused, BusyError) and not progress.dataset_import_job_arn",
        "queues = False",
    ),
    _pace("not all come back at once", "random.uniform(1 - spread, 1 + spread)", "random.uniform(1, 1)"),
    # In `error_codes`
    _fresh(
        "a refusal is fresh for two minutes and no longer", "FRESH_SECONDS: Final = 120", "FRESH_SECONDS: Final = 1200"
    ),
    _fresh(
        "a refusal is fresh for two minutes, a minute is too short",
        "FRESH_SECONDS: Final = 120",
        "FRESH_SECONDS: Final = 30",
    ),
    _fresh(
        "after two minutes a refusal is reported",
        "    if elapsed_seconds >= FRESH_SECONDS:\n        return False\n",
        "",
    ),
    _fresh(
        "the bound is the first second that is too late",
        "elapsed_seconds >= FRESH_SECONDS",
        "elapsed_seconds > FRESH_SECONDS",
    ),
    _fresh(
        "AccessDenied may be fresh with any text",
        'frozenset({"AccessDenied", "Acc',
        'frozenset({"Acc',
    ),
    _fresh(
        "AccessDeniedException may be fresh with any text",
        ', "AccessDeniedException"})',
        "})",
    ),
    *[
        _fresh(f"{code} may be returned for a role that is fresh", f'    "{code}",\n', "")
        for code in (
            "ExpiredToken",
            "ExpiredTokenException",
            "InvalidAccessKeyId",
            "InvalidClientTokenId",
            "InvalidToken",
            "UnrecognizedClientException",
        )
    ],
    _fresh("a refusal to read the data may be fresh", '"insufficient privileges", ', ""),
    _fresh("a refusal by another code may be fresh", '"not authorized", ', ""),
    _fresh("a refusal to assume the role may be fresh", ', "assume")', ")"),
    _fresh("capitals don't matter", "refused.message.lower()", "refused.message"),
    _fresh(
        "what is wrong with the data is not fresh",
        "return is_denied or refused.code in _CREDENTIALS",
        "return bool(refused.code)",
    ),
)
