"""Guards of repeating INCREMENTAL imports after a rollback."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_decide: Final = partial(Patch, "job/followers.py", "handler/job/test_followers.py")
_restore: Final = partial(Patch, "job/repeating_followers.py", "handler/job/test_followers.py")
_hook: Final = partial(Patch, "job/lifecycle.py", "handler/job/test_followers.py")
_name: Final = partial(Patch, "request/job_names.py", "handler/job/test_followers.py")
_killed: Final = partial(Patch, "job/repeating_followers.py", "faults/test_followers.py")

GUARDS: Final = (
    # In `followers`
    _decide("a job that was repeated is not repeated again", "if not self._is_repeated(each):", "if True:"),
    _decide(
        "a repeat that has failed is no repeat",
        "and has_succeeded(job.status) for job in self._later()",
        "for job in self._later()",
    ),
    _decide("a repeat that runs is continued", "number if is_started else number + 1", "number + 1"),
    _decide("a repeat that has failed needs another name", "and not has_failed(last.status)\n", "\n"),
    _decide(
        "a repeat has the attempt after the latest",
        "last = max(self._jobs_of(each), key",
        "last = min(self._jobs_of(each), key",
    ),
    _decide(
        "the rows after the latest attempt are those that are removed",
        "reversed(self._earlier_attempts())",
        "self._earlier_attempts()",
    ),
    _decide("a job that has added nothing is not repeated", "                and has_succeeded(job.status)\n", ""),
    _decide(
        "what was added after the FULL import of the update is not repeated",
        "< job.creation_date_time < removed_at",
        "< job.creation_date_time",
    ),
    _decide(
        "what was added before the earlier attempt is not repeated",
        "and attempt.creation_date_time < job.creation_date_time < removed_at",
        "and job.creation_date_time < removed_at",
    ),
    _decide(
        "jobs are repeated in their order",
        "sorted(added.items(), key=lambda item: item[1].creation_date_time)",
        "reversed(added.items())",
    ),
    _decide("a failed FULL import of the update counts", "removing := [*previous, *full]", "removing := full"),
    _decide(
        "of the attempts at the update, the latest counts",
        "if self._is_previous(job)][-1:]",
        "if self._is_previous(job)]",
    ),
    _decide(
        "another FULL import that has failed has removed nothing",
        "job.import_mode is ImportMode.FULL and not has_failed(job.status)]",
        "job.import_mode is ImportMode.FULL]",
    ),
    _decide(
        "an INCREMENTAL import removes nothing",
        "full = [job for job in between if job.import_mode is ImportMode.FULL and",
        "full = [job for job in between if",
    ),
    _decide(
        "rows of a replaced dataset are not repeated",
        "return self.current.creation_date_time if is_in_this_dataset else None",
        "return self.current.creation_date_time",
    ),
    _decide(
        "the repeated FULL import itself removes rows",
        "return self.current.creation_date_time if is_in_this_dataset else None",
        "return None",
    ),
    _decide("an update since then counts", "or each not in removed)", "and each not in removed)"),
    _decide(
        "a repeat is no update of the follower",
        "and (job.creation_date_time < self.current.creation_date_time or each not in removed)",
        "",
    ),
    _decide("what a deploy has updated is left alone", "and followed[prefix] < min(", "and -1 < min("),
    _decide("followers with the same prefix are counted", "min(followers.count(prefix), added[prefix])", "1"),
    _decide(
        "a follower is counted only if it had added rows",
        "min(followers.count(prefix), added[prefix])",
        "followers.count(prefix)",
    ),
    _decide(
        "a follower all of whose imports are repeated is not missing",
        "return prefix in missing and followed",
        "return followed",
    ),
    _decide(
        "followers are repeated together, in their order", "            return dict(removed)\n", "            pass\n"
    ),
    _decide(
        "a follower that the update had removed is repeated alone",
        "is_missing(prefix, self.prefixes_before)",
        "is_missing(prefix, self.prefixes)",
    ),
    _decide(
        "a follower that the update had removed is repeated",
        "if is_missing(each[0], self.prefixes)}",
        "if is_missing(each[0], self.prefixes_before)}",
    ),
    _decide(
        "what the resource itself appended is not repeated",
        "ImportMode.FULL or self._is_previous(job):",
        "ImportMode.FULL:",
    ),
    _decide("FULL imports are not repeated", "if job.import_mode is ImportMode.FULL or self", "if self"),
    _decide(
        "a failed attempt had no rows after it",
        "if self.names.includes(job.dataset_import_job_arn) and not has_failed(job.status)",
        "if self.names.includes(job.dataset_import_job_arn)",
    ),
    _decide(
        "only attempts at the same import are earlier ones",
        "if self.names.includes(job.dataset_import_job_arn) and not",
        "if job.import_mode is ImportMode.FULL and not",
    ),
    # In `restoring`
    _restore(
        "a request continues while a repeat runs",
        "return _wait(full_job, recorded.with_start_time(requested.personalize.now()), outcome.wait_seconds)",
        "return Finished(attributes_of(full_job))",
    ),
    _restore(
        "a repeat that was started is recorded",
        "repeat_started=repeat_progress.dataset_import_job_arn is not None",
        "repeat_started=False",
    ),
    _killed(
        "the attempt is recorded before it is made: a function that dies finds its own repeat",
        "return _wait(full_job, recorded.with_start_time(requested.personalize.now()), 0)\n\n",
        "return _repeat(requested, full_job, recorded, repeat.dataset_import_job_arn, repeat.attempt)\n\n",
    ),
    _restore("a repeat is not followed by a repeat of itself", "finish=finish_job, ", ""),
    _restore(
        "a resource that hands over leaves the rest to the next one",
        "if not has_succeeded(outcome.attributes[Attribute.STATUS]):",
        "if False:",
    ),
    _restore(
        "after one repeat comes the next",
        "repeated=None, repeat_attempt=None, repeat_started=False), 0)",
        "repeat_started=True), 0)",
    ),
    _restore(
        "a name that is taken is recorded as used up", "            repeat_attempt=repeat_progress.attempt,\n", ""
    ),
    _restore("a repeat has the location of its job", "        data_location=job.data_location,\n", ""),
    _restore("a repeat has the mode of its job", "        import_mode=job.import_mode,\n", ""),
    _restore(
        "a repeat has the flag of its job",
        "        publish_attribution_metrics_to_s3=job.publish_attribution_metrics_to_s3,\n",
        "",
    ),
    _restore("a repeat has the role of its job", "        role_arn=job.role_arn,\n", ""),
    _restore(
        "a repeat has the tags of its job", "for key, value in tags.items() if not", "for key, value in () if not"
    ),
    _restore("tags of AWS's own are not set on a repeat", 'not key.startswith("aws:") and ', ""),
    _restore("a repeat is not prepared as the FULL import is", "tags_due=False, prepared=True)", "tags_due=False)"),
    _restore(
        "a refusal is tried again",
        "next_repeat or _next_repeat)\n        except RefusedError as refused:",
        "next_repeat or _next_repeat)\n        except ZeroDivisionError as refused:",
    ),
    _restore(
        "a failure reports whose rows are missing",
        "raise ImportFailedError(reason, failure.dataset_import_job_arn",
        "raise ImportFailedError(str(failure), failure.dataset_import_job_arn",
    ),
    _restore("a failure names the follower of the job", "if repeated is None or digest_after(prefix, repeated)]", "]"),
    # In `lifecycle`
    _hook("rows are restored in an update alone", "(is_create=True)", "(is_create=True, finish=_finish_update)"),
    _hook(
        "rows are restored in an update",
        "services)._replace(finish=_finish_update)",
        "services)",
    ),
    _hook(
        "without waiting nothing is repeated",
        "requested.properties.followed_by and requested.properties.wait)",
        "requested.properties.followed_by)",
    ),
    # In `identity`
    _name(
        "a follower's JobName is the prefix of its jobs",
        '{job_name or _default_prefix(scope, logical_id)}-"\n        for',
        '{_default_prefix(scope, logical_id)}-"\n        for',
    ),
)
