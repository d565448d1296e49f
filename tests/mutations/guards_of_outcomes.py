"""Guards of the outcome of a poll: succeeded, failed, running, timed out, continued by the next resource."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_preflight_data: Final = partial(Patch, "job/job_poll.py", "handler/job/test_lifecycle_waiting.py")
_create: Final = partial(Patch, "job/job_poll.py", "handler/job/test_lifecycle_create.py")
_paced: Final = partial(Patch, "job/job_poll.py", "handler/request/test_polling.py")
_earlier: Final = partial(Patch, "job/job_poll.py", "handler/job/test_earlier_jobs.py")
_wait_chain: Final = partial(Patch, "job/job_poll.py", "faults/test_wait_chain.py")
_COMPLETES: Final = "        if requested.properties.completes_at_timeout:\n"
_wait: Final = partial(Patch, "job/requested_import.py", "handler/job/test_lifecycle_waiting.py")
_refused: Final = partial(Patch, "job/requested_import.py", "handler/job/test_lifecycle_create.py")
_granted: Final = partial(Patch, "job/requested_import.py", "handler/aws/test_fresh_permissions.py")
_seconds: Final = partial(Patch, "job/requested_import.py", "handler/request/test_polling.py")
_chain_faults: Final = partial(Patch, "job/requested_import.py", "faults/test_wait_chain.py")
_chained: Final = partial(Patch, "job/requested_import.py", "handler/job/test_wait_chain.py")

GUARDS: Final = (
    # In `job_poll._evaluate`
    _preflight_data(
        "an unknown status is reported with the job, and what to do",
        "except UnknownStatusError as problem:",
        "except KeyError as problem:",
    ),
    _create("a job that has failed fails the resource", "if phase is Phase.FAILED:", "if False:"),
    _create("a job that has ended well is done", "if phase is Phase.ACTIVE or not requested", "if not requested"),
    _create(
        "without waiting it is done once the job is accepted",
        "phase is Phase.ACTIVE or not requested.properties.wait",
        "phase is Phase.ACTIVE",
    ),
    _preflight_data(
        "a job has no more time than it was given",
        "    if requested.is_timed_out(progress):\n" + _COMPLETES,
        "    if False:\n" + _COMPLETES,
    ),
    _wait_chain("at the end of its time a resource hands over", _COMPLETES, "        if False:\n"),
    _preflight_data(
        "at the end of the time only a resource of a wait chain succeeds", _COMPLETES, "        if True:\n"
    ),
    _wait_chain(
        "a timeout names the time of all resources",
        "failure_reasons.job_timed_out(job, requested.waited_seconds(progress), again=requested.again)",
        "failure_reasons.job_timed_out(job, progress.elapsed_seconds(requested.personalize.now()))",
    ),
    _paced(
        "the pace follows the job's age, not the request's",
        "age = requested.personalize.now() - job.creation_date_time",
        "age = progress.elapsed_seconds(requested.personalize.now())",
    ),
    _earlier(
        "the pace follows earlier jobs",
        "seconds_until_next_poll(age, progress.usual_seconds)",
        "seconds_until_next_poll(age)",
    ),
    # In `RequestedImport.retry_attempt_or_fail, .retry_or_fail`
    _wait(
        "what was refused for now is tried again",
        "        if self._is_retryable(refused, progress):",
        "        if False:",
    ),
    _refused(
        "what was refused permanently is reported at once",
        "        if self._is_retryable(refused, progress):",
        "        if True:",
    ),
    _refused(
        "a refusal names the job that was refused",
        "self.names.name(attempt), self",
        "self.names.name(1), self",
    ),
    _wait("a busy service is asked again", "return isinstance(refused, BusyError) or (", "return ("),
    _granted(
        "a permission may be seconds old",
        "return isinstance(refused, BusyError) or (fresh and not self.is_timed_out(progress))",
        "return isinstance(refused, BusyError)",
    ),
    _granted(
        "at the end of the time a lack of permission is reported",
        "(fresh and not self.is_timed_out(progress))",
        "fresh",
    ),
    _granted(
        "a permission is not fresh after the time of the resources before",
        "may_become_effective(refused, self.waited_seconds(progress))",
        "may_become_effective(refused, progress.elapsed_seconds(self.personalize.now()))",
    ),
    # In `RequestedImport._retry_later, .complete_or_fail`
    _wait(
        "a busy service has no more time than the import was given",
        "        if self.is_timed_out(progress):\n            reason =",
        "        if False:\n            reason =",
    ),
    _chained(
        "a recorded job is passed to the next resource even if it could not be described",
        "known = progress.dataset_import_job_arn or progress.attempt",
        "known = progress.attempt",
    ),
    _chain_faults(
        "a job that is queued can be passed on",
        "known = progress.dataset_import_job_arn or progress.attempt",
        "known = progress.dataset_import_job_arn",
    ),
    _chained(
        "an unknown job is not passed on",
        "if not (self.properties.completes_at_timeout and known and arn):",
        "if not (self.properties.completes_at_timeout and arn):",
    ),
    _wait(
        "a busy service fails the resource that may not hand over",
        "if not (self.properties.completes_at_timeout and known and arn):",
        "if not (known and arn):",
    ),
    _chain_faults(
        "a lack of room names the time of all resources",
        "failure_reasons.call_timed_out(refused, self.waited_seconds(progress), again=self.again)",
        "failure_reasons.call_timed_out(refused, progress.elapsed_seconds(self.personalize.now()))",
    ),
    # In `RequestedImport.is_timed_out, .waited_seconds, .wait`
    _wait(
        "the last poll is at the timeout",
        ">= self.properties.timeout_seconds",
        "> self.properties.timeout_seconds",
    ),
    _chain_faults(
        "what the resources before have waited counts",
        "return self.properties.waited_seconds + progress",
        "return progress",
    ),
    _seconds("a wait takes a second at least", "left = max(1, round(", "left = max(0, round("),
    _seconds("no wait goes beyond the end of the time", "seconds = min(seconds, left)", "seconds = seconds"),
    _wait(
        "the time begins with the first look",
        "return Waiting(progress.with_start_time(now), seconds,",
        "return Waiting(progress, seconds,",
    ),
)
