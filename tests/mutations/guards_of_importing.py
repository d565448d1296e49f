"""Guards of each poll of an import: find, start, record, continue."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_update: Final = partial(Patch, "job/import_job.py", "handler/job/test_lifecycle_update.py")
_polled: Final = partial(Patch, "job/job_poll.py", "handler/job/test_lifecycle_waiting.py")
_polled_tags: Final = partial(Patch, "job/job_poll.py", "handler/job/test_lifecycle_update.py")
_tag: Final = partial(Patch, "job/tagging.py", "handler/job/test_lifecycle_update.py")
_data: Final = partial(Patch, "job/import_job.py", "handler/job/test_data_changes.py")
_data_tag: Final = partial(Patch, "job/tagging.py", "handler/job/test_data_changes.py")
_attempt: Final = partial(Patch, "job/import_job.py", "handler/job/test_attempts.py")
_find: Final = partial(Patch, "job/import_job.py", "handler/job/test_adoption.py")
_twice: Final = partial(Patch, "job/import_job.py", "faults/test_duplicates.py")
_operation: Final = partial(Patch, "job/import_job.py", "faults/test_cloudformation_operations.py")
_START: Final = "        found = attempts.start(requested, attempt)\n"
_GIVEN_UP: Final = """\
        if standing.is_superseded:
            raise ImportFailedError(failure_reasons.superseded(name), arn)
"""
_PLACED: Final = """\
        progress = progress.at_place(standing.imports_ahead, requested.personalize.now())
        if not queueing.may_request(requested.delay(progress)):
            return requested.queue(arn, progress)
"""
_PREPARED: Final = """\
        if preparation.is_due(requested.properties) and not progress.prepared:
            return _prepare(requested, attempt, progress)
"""
_first_call: Final = partial(Patch, "job/first_call.py", "handler/job/test_first_call.py")
_granted: Final = partial(Patch, "job/import_job.py", "handler/aws/test_fresh_permissions.py")

GUARDS: Final = (
    # In `wait_for_first_call`
    _first_call(
        "an import that is far behind waits before its first call",
        "if ahead is None or queueing.may_request(Delay(0, ahead)):",
        "if True:",
    ),
    Patch(
        "job/requested_import.py",
        "handler/job/test_queue.py",
        "a place that could not be listed again may be out of date",
        "elif refused and refused.operation == LIST_EXECUTIONS:",
        "elif False:",
    ),
    Patch(
        "request/execution.py",
        "handler/request/test_queueing.py",
        "all imports are ahead of one that isn't listed yet",
        "(own is None or",
        "(own is not None and",
    ),
    _first_call("an import waits until its place is known", "    except BusyError:\n", "    except TimeoutError:\n"),
    _first_call("an import waits for its place once", "progress.imports_ahead is not None or ", ""),
    _first_call("an import doesn't wait for its place until its timeout", " or progress.age_seconds >= half", ""),
    # In `find_job, keep_job`
    _find(
        "a job that is adopted gets the tags it should have",
        "return _proceed_with(requested, found, progress, tags_due=True)",
        "return _proceed_with(requested, found, progress, tags_due=False)",
    ),
    _update(
        "an update that imports nothing else keeps its job, although a later import has replaced the data",
        "    if found is None:\n        return find_job(requested, progress)\n",
        "    if True:\n        return find_job(requested, progress)\n",
    ),
    _update(
        "tags that have changed are set on the job that is kept",
        "return _proceed_with(requested, found, progress, tags_due=tags_due)",
        "return _proceed_with(requested, found, progress, tags_due=False)",
    ),
    _update(
        "tags that have not changed are not set again on the job that is kept",
        "return _proceed_with(requested, found, progress, tags_due=tags_due)",
        "return _proceed_with(requested, found, progress, tags_due=True)",
    ),
    # In `start_attempt`
    _operation("no job is started for a superseded request", "if standing.is_superseded:", "if False:"),
    _operation(
        "a superseded request is detected before the job is started",
        _GIVEN_UP + _PREPARED + _PLACED + _START,
        _PREPARED + _PLACED + _START + _GIVEN_UP,
    ),
    _granted(
        "executions that may not be listed yet are listed later",
        "    try:\n        standing = requested.standing()\n",
        "    standing = requested.standing()\n    try:\n",
    ),
    # In `job_poll.poll_job`
    _polled_tags("tags are set once", "            progress = progress._replace(tags_due=False)\n", ""),
    _polled_tags("tags are set only where they are due", "if job and progress.tags_due:", "if job:"),
    _polled("no tags are set on a job that is gone", "if job and progress.tags_due:", "if progress.tags_due:"),
    _polled(
        "a throttled poll is retried",
        "            progress = progress._replace(tags_due=False)\n    except RefusedError as refused:",
        "            progress = progress._replace(tags_due=False)\n    except UnknownStatusError as refused:",
    ),
    _polled(
        "a job that is gone is reported",
        "        reason = failure_reasons.job_not_found(arn, again=requested.again)\n",
        "        assert job\n        reason = ''\n",
    ),
    # In `_proceed_with`
    _attempt(
        "with all names used up it fails", "if found.number > ATTEMPTS_MAX:", "if found.number > ATTEMPTS_MAX + 1:"
    ),
    _attempt("the last of the names is used", "if found.number > ATTEMPTS_MAX:", "if found.number >= ATTEMPTS_MAX:"),
    _attempt(
        "what was found is recorded: a request joins one job, whatever becomes of it",
        "            dataset_import_job_arn=arn,\n",
        "",
    ),
    _data(
        "the data of a job that is kept is recorded where it decides no more",
        "fingerprint = found.data_fingerprint or progress.data_fingerprint",
        "fingerprint = progress.data_fingerprint",
    ),
    _data(
        "the data that was recorded stays recorded",
        "fingerprint = found.data_fingerprint or progress.data_fingerprint",
        "fingerprint = found.data_fingerprint",
    ),
    _twice(
        "the attempt is recorded before it is made: a look that dies then finds its own job",
        "return requested.wait(arn, progress._replace(attempt=found.number), seconds=0)",
        "return start_attempt(requested, progress, found.number)",
    ),
    # In `tagging.set_tags`
    _tag("tags of AWS's own are left alone", '("aws:", TAG_KEY_PREFIX)', "(TAG_KEY_PREFIX,)"),
    _tag("tags that are wanted are not removed", "if key not in requested and not key", "if not key"),
    _tag("tags that have changed are set", "if present.get(key) != value}", "if key not in present}"),
    _tag("tags that are there are not set again", " if present.get(key) != value}", "}"),
    _data_tag("the fingerprint of data stays on its job", '("aws:", TAG_KEY_PREFIX)', '("aws:",)'),
    _tag(
        "tags that are not wanted any more are removed",
        "personalize.untag_resource(dataset_import_job_arn, extra)",
        "pass",
    ),
)
