"""Guards of what a refresh imports: decisions, attempts, new files, and repeats of the imports after a FULL one."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_decide: Final = partial(Patch, "refresh/decisions.py", "handler/refresh/test_decisions.py")
_next: Final = partial(Patch, "refresh/next_job.py", "handler/refresh/test_refresh.py faults/test_refreshes.py")
_step: Final = partial(Patch, "refresh/steps.py", "handler/refresh/test_refresh.py faults/test_refreshes.py")
_poll: Final = partial(Patch, "refresh/refresh.py", "handler/refresh/test_refresh.py")
_named: Final = partial(Patch, "refresh/refresh.py", "faults/test_refreshes.py")
_follow: Final = partial(Patch, "refresh/followers.py", "handler/refresh/test_followers.py")
_repeat: Final = partial(Patch, "refresh/repeats.py", "faults/test_refreshes.py")
_attempt: Final = partial(Patch, "job/attempts.py", "faults/test_refreshes.py")
_prepare: Final = partial(Patch, "data/preparation.py", "handler/refresh/test_refresh.py")

GUARDS: Final = (
    # In `decisions`
    _decide(
        "rows went with an earlier dataset",
        " or is_from_earlier_dataset(job, self.dataset_created_at):",
        ":",
    ),
    _decide("a failed job has no rows", "if has_failed(job.status) or is_from", "if is_from"),
    _decide("a later FULL job removes rows", "return not is_replaced(job, self.jobs)", "return True"),
    Patch(
        "request/job_names.py",
        "handler/refresh/test_decisions.py",
        "the next attempt follows the latest",
        "1 + max((self.attempt(arn) or 0 for arn in dataset_import_job_arns), default=0)",
        "1 + len([arn for arn in dataset_import_job_arns if self.includes(arn)])",
    ),
    _decide(
        "a file whose rows were removed is new",
        "(job.dataset_import_job_arn)) and full_jobs.has_rows_of(job)",
        "(job.dataset_import_job_arn))",
    ),
    _decide("a file of the second of the whole import is new", "math.floor(whole_import", "math.ceil(whole_import"),
    _decide("files are imported in the order of their uploads", "(file.last_modified, file.name)", "file.name"),
    _decide("a file is one of its import", "json.dumps([names.digest, file.name", "json.dumps([file.name"),
    _decide("changed content is a new file", "file.size, file.etag])", "file.size])"),
    _decide(
        "a refresh is no request that restores an import",
        " if refresh_name_of(each.name) is None), default",
        "), default",
    ),
    _decide(
        "a request that caused the change restores nothing",
        "changed_at + _CLOCKS_DIFFER_SECONDS < _last_request_at(",
        "0 < _last_request_at(",
    ),
    _decide("an event before the restoring request is late", "(executions) <= requested_at", "(executions)"),
    _decide(
        "the request of the import itself has not undone it",
        "max(imported_at + _CLOCKS_DIFFER_SECONDS, requested_at)",
        "requested_at",
    ),
    _decide(
        "a request before an event has not undone its import",
        "max(imported_at + _CLOCKS_DIFFER_SECONDS, requested_at)",
        "imported_at + _CLOCKS_DIFFER_SECONDS",
    ),
    _decide(
        "an import that was restored long ago is refreshed",
        "if requested_at - changed_at > EXECUTION_SECONDS_MAX:",
        "if False:",
    ),
    # In `next_job`
    _next("nothing is decided while a job runs", "if any(is_running(job.status) for job in listed):", "if False:"),
    _next(
        "a removed import is not refreshed",
        'if each.tags.get(RESOURCE_TAG) == f"{names.resource_tag}{RELEASED}":',
        "if False:",
    ),
    _next("a repeated job is no change of an import", "if REPEATED_TAG in each.tags:", "if False:"),
    _next("the latest job is that of the import", "if is_of_import and latest is None:", "if is_of_import:"),
    _next(
        "an event with old properties imports nothing",
        "if not is_import_restored(created_at, requested_at, list_executions()):",
        "if False:",
    ),
    _next(
        "an import that was restored is refreshed",
        "if not is_import_restored(created_at, requested_at, list_executions()):",
        "if True:",
    ),
    _next(
        "an import that was undone is not refreshed",
        "        elif _has_rows_of_another_import(jobs, request, requested) and is_event",
        "        elif False and is_event",
    ),
    _next(
        "an import without another one was not undone",
        "        elif _has_rows_of_another_import(jobs, request, requested) and is_event",
        "        elif is_event",
    ),
    _next("a job of other data is one of the import", "(None, tags.get(DATA_FINGERPRINT_TAG))", "(None,)"),
    _next("the same files are not imported again", "present == last.tags.get(DATA_FINGERPRINT_TAG):", "False:"),
    _next("always means always", " and not request.always and present", " and present"),
    _next(
        "data that is not in the dataset is imported although the files are the same",
        "if last and jobs.has_rows_of(last.job) and not request.always",
        "if last and not request.always",
    ),
    _next(
        "rows that could not be repeated are repeated later",
        "if properties.followed_by and REFRESH_TAG in last.tags",
        "if False and REFRESH_TAG in last.tags",
    ),
    _next("a whole import that is gone is repeated in one job", "last and jobs.has_rows_of(last.job):", "last:"),
    _next("a location has a maximum length", "if len(location) > DATA_LOCATION_LENGTH_MAX:", "if False:"),
    _next(
        "a file that is overwritten does not begin the timeout again",
        "progress._replace(**self._asdict(), prepared=False)",
        "progress._replace(**self._asdict(), prepared=False, started_at=None)",
    ),
    # In `steps`
    _step("a stack that changes is not refreshed", "if not root.is_settled:", "if False:"),
    _step(
        "a job that was started before the process was killed is found",
        "            or _poll_started_attempt(request, requested, progress)\n",
        "",
    ),
    _step("a refresh waits for its turn", "            or _wait_for_turn(request, progress, list_executions)\n", ""),
    _step(
        "a decision is recorded before its job is started",
        "if found.is_recorded_in(progress):\n        return",
        "if found:\n        return",
    ),
    _step(
        "the status of the stack is read again right before the start",
        "standing=lambda: _standing(request, services)",
        "standing=Standing",
    ),
    _step(
        "a refresh ends between two files before its polls are used up",
        "progress.polls > REFRESH_POLLS_MAX - _POLLS_OF_A_FILE:",
        "False:",
    ),
    _step(
        "a refresh that has imported no file does not leave it to the next one",
        "progress.files_imported and not progress.attempt and",
        "not progress.attempt and",
    ),
    _step("a file that was begun is imported", "progress.files_imported and not progress.attempt and", "True and"),
    _step("the rows of followers are repeated", "if not requested.properties.followed_by or", "if True or"),
    _step("foreign properties are refused", "if problems := [*ownership", "if problems := []and [*ownership"),
    # In `refresh`
    _poll("polls are counted", "progress._replace(polls=progress.polls + 1)", "progress"),
    _named("a failure names its file", "    if not progress.file_name:\n", "    if True:\n"),
    _poll("each file is counted", "files_imported=progress.files_imported + 1", "files_imported=1"),
    # In `followers`
    _follow(
        "beyond the job of a deploy nothing is repeated",
        "if not all(is_refresh(job) for job in following[number:]):",
        "if False:",
    ),
    _follow("the order of the first imports is kept", "removed = added | removed", "removed = removed | added"),
    _follow(
        "a failed job of a follower has added nothing",
        "        and has_succeeded(job.status)\n        and (each",
        "        and (each",
    ),
    _follow(
        "a failed FULL job has removed nothing",
        "        and not has_failed(job.status)\n        and job.creation",
        "        and job.creation",
    ),
    _follow("a failed repeat is none", "        and has_succeeded(later.status)\n", ""),
    # In `repeats`
    _repeat("an import of a removed resource is not repeated", " and not resource_tag.endswith(RELEASED)", ""),
    _repeat(
        "an import that was repeated is not repeated again", "if not succeeded_since(full_job, job, jobs) and", "if"
    ),
    _repeat("a running repeat is continued", "number if is_started else number + 1", "number + 1"),
    # In `attempts`
    _attempt(
        "an Update waits for a refresh",
        "    raise_if_refreshed(jobs_of_dataset, names, personalize)\n",
        "",
    ),
    _attempt(
        "an Update of tags waits for a refresh",
        "    raise_if_refreshed(jobs, names, personalize)\n",
        "",
    ),
    _attempt(
        "a failed refresh is none of a wait chain",
        "            raise busy_with_refresh(job)\n",
        "            raise busy_with_refresh(job)\n        return attempt\n",
    ),
    Patch(
        *("job/repeating_followers.py", "faults/test_refreshes.py", "an Update after a refresh repeats nothing"),
        "    if is_of_refresh(full_job.dataset_import_job_arn, personalize):\n        return None\n",
        "",
    ),
    Patch(
        *("job/repeating_followers.py", "faults/test_refreshes.py", "a repeat of a rollback is none of a refresh"),
        " and key != REFRESH_TAG",
        "",
    ),
    # In `preparation`
    _prepare(
        "a fingerprint is computed once", "and not (properties.data_fingerprint or properties.files_fingerprint)", ""
    ),
    _prepare("after the fingerprint there is the preflight", "prepared=not properties.preflight)", "prepared=True)"),
)
