"""Import again what other resources had added to a dataset, where a rollback repeats the FULL import that they follow.

CloudFormation rolls back only those resources whose update had begun. Where an update fails after a FULL import has
removed the rows of an INCREMENTAL one, and before CloudFormation has updated that one, nothing else adds them again:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from personalize_import_handler import reasons
from personalize_import_handler.contract import ATTEMPTS_MAX, Attribute, ImportMode
from personalize_import_handler.identity import (
    JobNames,
    attempt_of,
    digest_after,
    names_in,
    names_of,
    prefixes_of_followers,
)
from personalize_import_handler.outcome import Finished, ImportFailed, Outcome, Progress, Waiting, attributes_of
from personalize_import_handler.personalize import DatasetImportJob, JobSummary, has_failed, has_succeeded
from personalize_import_handler.properties import ImportProperties

if TYPE_CHECKING:
    from personalize_import_handler.importing import Import

_Import = tuple[str, str]
"""An import of a follower: the prefix of its jobs' ARNs, and the digest in them."""


class Repeat(NamedTuple):
    """A job whose rows are gone, and the attempt that adds them again."""

    dataset_import_job_arn: str
    attempt: int


class History(NamedTuple):
    """The jobs of a dataset, of which `current` is the FULL import that has just become ACTIVE."""

    jobs: Sequence[JobSummary]
    current: JobSummary
    names: JobNames
    undone: JobNames | None
    """What the resource imported before."""
    prefixes: Sequence[str]
    """The prefix of the jobs' ARNs of each follower; long names may have the same one."""
    dataset_created_at: float

    def next_repeat(self) -> Repeat | None:
        """Return the next job to run again, or the one that has begun to; None if there is none."""
        gone, gone_at = self._gone()
        if not gone or self._have_followed(gone, gone_at):
            return None
        for each, job in gone.items():
            repeats = [
                other for other in self._later() if self._import_of(other) == each and not has_failed(other.status)
            ]
            if not any(has_succeeded(other.status) for other in repeats):
                attempts = [attempt_of(other.dataset_import_job_arn) for other in self._jobs_of(each)]
                return Repeat(job.dataset_import_job_arn, max(attempts) + (0 if repeats else 1))
        return None

    def _gone(self) -> tuple[dict[_Import, JobSummary], float]:
        """Return the jobs that added rows to an earlier attempt at this import, in order, and when those were removed.

        A dataset that an update replaces is imported once more before it is rolled back, so the latest attempt may be
        one that nothing has followed.
        """
        for attempt in reversed(self._earlier_attempts()):
            gone_at = self._gone_at(attempt)
            if gone_at is None:
                continue
            added = {
                each: job
                for job in self._in_order()
                if (each := self._import_of(job))
                and has_succeeded(job.status)
                and attempt.creation_date_time < job.creation_date_time < gone_at
            }
            if added:
                return dict(sorted(added.items(), key=lambda item: item[1].creation_date_time)), gone_at
        return {}, 0

    def _gone_at(self, attempt: JobSummary) -> float | None:
        """Return when what was added after an attempt was removed; None if only a new dataset may have done that."""
        for job in self._in_order():
            is_undone = self.undone is not None and self.undone.include(job.dataset_import_job_arn)
            removes = job.import_mode is ImportMode.FULL and not has_failed(job.status)
            if attempt.creation_date_time < job.creation_date_time < self.current.creation_date_time and (
                removes or is_undone
            ):
                return job.creation_date_time
        is_in_this_dataset = attempt.creation_date_time >= self.dataset_created_at
        return self.current.creation_date_time if is_in_this_dataset else None

    def _have_followed(self, gone: Mapping[_Import, JobSummary], gone_at: float) -> bool:
        """Return whether CloudFormation has updated every follower since; if not, this is a rollback.

        A deploy that succeeds updates all of them, and what they import then is theirs to decide. In a rollback, those
        that it has updated get another update, and find there what is imported again here.
        """
        since = {
            each
            for job in self.jobs
            if (each := self._import_of(job))
            and job.creation_date_time > gone_at
            and (job.creation_date_time < self.current.creation_date_time or each not in gone)
        }
        followed, followers = Counter(prefix for prefix, _ in since), Counter(self.prefixes)
        added = Counter(prefix for prefix, _ in gone)
        return all(followed[prefix] >= min(followers[prefix], added[prefix]) for prefix in added)

    def _import_of(self, job: JobSummary) -> _Import | None:
        """Return which import of a follower a job is, or None."""
        arn = job.dataset_import_job_arn
        if job.import_mode is ImportMode.FULL or (self.undone and self.undone.include(arn)):
            return None
        return next(((prefix, digest) for prefix in self.prefixes if (digest := digest_after(prefix, arn))), None)

    def _jobs_of(self, each: _Import) -> list[JobSummary]:
        return [job for job in self.jobs if self._import_of(job) == each]

    def _earlier_attempts(self) -> list[JobSummary]:
        return [
            job
            for job in self._in_order()
            if job.creation_date_time < self.current.creation_date_time
            and self.names.include(job.dataset_import_job_arn)
            and not has_failed(job.status)
        ]

    def _later(self) -> list[JobSummary]:
        return [job for job in self.jobs if job.creation_date_time > self.current.creation_date_time]

    def _in_order(self) -> list[JobSummary]:
        return sorted(self.jobs, key=lambda job: job.creation_date_time)


def may_be_due(properties: ImportProperties, full: DatasetImportJob) -> bool:
    """Return whether a FULL import may have removed rows of followers that nothing else adds again."""
    return bool(properties.wait and properties.followed_by and attempt_of(full.dataset_import_job_arn) > 1)


def restore(wanted: "Import", full: DatasetImportJob, progress: Progress) -> Outcome:
    """Run the jobs of followers again, one after the other; raise `ImportFailed`, `Busy` or `Refused`."""
    if progress.repeated and progress.repeat_attempt:
        return _go_on(wanted, full, progress, progress.repeated, progress.repeat_attempt)
    repeat = _next_repeat(wanted, full)
    if repeat is None:
        return Finished(attributes_of(full))
    if repeat.attempt > ATTEMPTS_MAX:
        raise ImportFailed(reasons.names_used_up())
    noted = progress._replace(repeated=repeat.dataset_import_job_arn, repeat_attempt=repeat.attempt)
    return _wait(full, noted.begun(wanted.personalize.now()), 0)


def followers_of(properties: ImportProperties, wanted: "Import", repeated: str | None) -> list[str]:
    """Return the logical ids of the followers that a job may be of, or of all if there is no job."""
    prefixes = prefixes_of_followers(properties, wanted.resource)
    return [each for each, prefix in prefixes.items() if repeated is None or digest_after(prefix, repeated)]


def _next_repeat(wanted: "Import", full: DatasetImportJob) -> Repeat | None:
    personalize, created_at = wanted.personalize, wanted.personalize.dataset_created_at(full.dataset_arn)
    history = History(
        jobs=personalize.list_dataset_import_jobs(full.dataset_arn),
        current=full,
        names=wanted.names,
        undone=names_of(wanted.undone, wanted.resource) if wanted.undone else None,
        prefixes=[*prefixes_of_followers(wanted.properties, wanted.resource).values()],
        dataset_created_at=full.creation_date_time if created_at is None else created_at,
    )
    return history.next_repeat()


def _go_on(wanted: "Import", full: DatasetImportJob, progress: Progress, repeated: str, attempt: int) -> Outcome:
    """Start the attempt that was noted, or poll it; note when it is ACTIVE."""
    if progress.repeat_started:
        properties = wanted.properties._replace(dataset_import_job_arn=repeated)
    else:
        properties = _properties_of(wanted, repeated)
    again = wanted._replace(properties=properties, restores=False)
    part = Progress(started_at=progress.started_at, attempt=attempt, prepared=True)
    arn = names_in(repeated).arn(attempt)
    if progress.repeat_started:
        outcome = again.look(part._replace(dataset_import_job_arn=arn), arn)
    else:
        outcome = again.start(part, attempt)
    if isinstance(outcome, Waiting):
        part = outcome.progress
        noted = progress._replace(repeat_attempt=part.attempt, repeat_started=part.dataset_import_job_arn is not None)
        return _wait(full, noted.begun(wanted.personalize.now()), outcome.wait_seconds)
    if not has_succeeded(outcome.attributes[Attribute.STATUS]):
        return Finished(attributes_of(full))  # the time of this resource is up, and the next one goes on
    return _wait(full, progress._replace(repeated=None, repeat_attempt=None, repeat_started=False), 0)


def _properties_of(wanted: "Import", repeated: str) -> ImportProperties:
    """Return the properties with which a job was started."""
    job = wanted.personalize.describe_dataset_import_job(repeated)
    if job is None:
        raise ImportFailed(reasons.vanished(repeated))
    tags = wanted.personalize.list_tags(repeated)
    return wanted.properties._replace(
        data_location=job.data_location,
        role_arn=job.role_arn,
        import_mode=job.import_mode,
        publish_attribution_metrics_to_s3=job.publish_attribution_metrics_to_s3,
        tags=tuple((key, value) for key, value in tags.items() if not key.startswith("aws:")),
        data_fingerprint=None,  # that of the job is among its tags
        dataset_import_job_arn=repeated,
    )


def _wait(full: DatasetImportJob, progress: Progress, seconds: int) -> Waiting:
    return Waiting(progress, seconds, dataset_import_job_arn=full.dataset_import_job_arn, status=full.status)
