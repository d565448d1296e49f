"""Select the imports to repeat after a rollback has repeated the FULL import that they follow.

CloudFormation rolls back only resources whose update had started. If an update fails after a FULL import has removed
the rows of an INCREMENTAL import, and before CloudFormation has updated that resource, nothing else restores the rows:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from personalize_import_handler.aws.personalize import JobSummary, has_failed, has_succeeded
from personalize_import_handler.contract import ImportMode
from personalize_import_handler.request.job_names import JobNames, attempt_of, digest_after

_Import = tuple[str, str]
"""An import of a follower: the prefix of its jobs' ARNs and the digest in its job names."""


class Repeat(NamedTuple):
    """A job whose rows were removed, and the attempt that imports them again."""

    dataset_import_job_arn: str
    attempt: int


class History(NamedTuple):
    """The jobs of a dataset; `current` is the FULL import that has just become ACTIVE."""

    jobs: Sequence[JobSummary]
    current: JobSummary
    names: JobNames
    previous: JobNames | None
    """The previous import of the resource."""
    prefixes: Sequence[str]
    """The ARN prefix of each follower's jobs; long names may share one."""
    prefixes_before: Sequence[str]
    """The ARN prefixes of followers that existed before this request."""
    dataset_created_at: float

    def next_repeat(self) -> Repeat | None:
        """Return the next job to repeat, or the one whose repetition has started; None if there is none."""
        removed, removed_at = self._removed()
        for each, job in self._not_updated(removed, removed_at).items():
            if not self._is_repeated(each):
                last = max(self._jobs_of(each), key=lambda job: attempt_of(job.dataset_import_job_arn))
                is_started = last in self._later() and not has_failed(last.status)
                number = attempt_of(last.dataset_import_job_arn)
                return Repeat(job.dataset_import_job_arn, number if is_started else number + 1)
        return None

    def _removed(self) -> tuple[dict[_Import, JobSummary], float]:
        """Return the jobs that added rows after an earlier attempt, in order, and the time those rows were removed.

        A dataset that an update replaces is imported once more before the rollback, so the latest attempt may have no
        followers.
        """
        for attempt in reversed(self._earlier_attempts()):
            removed_at = self._removed_at(attempt)
            if removed_at is None:
                continue
            added = {
                each: job
                for job in self._in_order()
                if (each := self._import_of(job))
                and has_succeeded(job.status)
                and attempt.creation_date_time < job.creation_date_time < removed_at
            }
            if added:
                return dict(sorted(added.items(), key=lambda item: item[1].creation_date_time)), removed_at
        return {}, 0

    def _removed_at(self, attempt: JobSummary) -> float | None:
        """Return when rows added after an attempt were removed; None if they went with an earlier dataset."""
        between = [job for job in self._before() if job.creation_date_time > attempt.creation_date_time]
        previous = [job for job in between if self._is_previous(job)][-1:]
        full = [job for job in between if job.import_mode is ImportMode.FULL and not has_failed(job.status)]
        if removing := [*previous, *full]:
            return min(job.creation_date_time for job in removing)
        is_in_this_dataset = attempt.creation_date_time >= self.dataset_created_at
        return self.current.creation_date_time if is_in_this_dataset else None

    def _not_updated(self, removed: Mapping[_Import, JobSummary], removed_at: float) -> dict[_Import, JobSummary]:
        """Return the imports to repeat, given those whose rows were removed and the time of the removal.

        - Each follower has imported since then: none. This is a successful deploy.
        - A follower that existed before this request has not: all, in order. This is a rollback. Followers that have
          imported get another update, which adopts the repeated jobs.
        - Only a follower that is new in this request has not: that one. Either the previous update removed it, and this
          rollback adds it again, or this deploy adds it.
        """
        updated_since = {
            each
            for job in self.jobs
            if (each := self._import_of(job))
            and job.creation_date_time > removed_at
            and (job.creation_date_time < self.current.creation_date_time or each not in removed)
        }
        added, followed = Counter(prefix for prefix, _ in removed), Counter(prefix for prefix, _ in updated_since)
        missing = {prefix for prefix, digest in removed if not self._is_repeated((prefix, digest))}

        def is_missing(prefix: str, followers: Sequence[str]) -> bool:
            return prefix in missing and followed[prefix] < min(followers.count(prefix), added[prefix])

        if any(is_missing(prefix, self.prefixes_before) for prefix in added):
            return dict(removed)
        return {each: job for each, job in removed.items() if is_missing(each[0], self.prefixes)}

    def _import_of(self, job: JobSummary) -> _Import | None:
        """Return the follower's import that a job belongs to, or None."""
        arn = job.dataset_import_job_arn
        if job.import_mode is ImportMode.FULL or self._is_previous(job):
            return None
        return next(((prefix, digest) for prefix in self.prefixes if (digest := digest_after(prefix, arn))), None)

    def _jobs_of(self, each: _Import) -> list[JobSummary]:
        return [job for job in self.jobs if self._import_of(job) == each]

    def _earlier_attempts(self) -> list[JobSummary]:
        return [
            job
            for job in self._before()
            if self.names.includes(job.dataset_import_job_arn) and not has_failed(job.status)
        ]

    def _is_previous(self, job: JobSummary) -> bool:
        return self.previous is not None and self.previous.includes(job.dataset_import_job_arn)

    def _before(self) -> list[JobSummary]:
        return [job for job in self._in_order() if job.creation_date_time < self.current.creation_date_time]

    def _is_repeated(self, each: _Import) -> bool:
        return any(self._import_of(job) == each and has_succeeded(job.status) for job in self._later())

    def _later(self) -> list[JobSummary]:
        return [job for job in self.jobs if job.creation_date_time > self.current.creation_date_time]

    def _in_order(self) -> list[JobSummary]:
        return sorted(self.jobs, key=lambda job: job.creation_date_time)
