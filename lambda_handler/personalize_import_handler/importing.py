"""One import on its way: start the job or find it, look at it, and judge what its status means."""

import logging
from dataclasses import dataclass, replace

from personalize_import_handler import fresh_permissions, pace, reasons
from personalize_import_handler.adoption import Hindered, find_or_start
from personalize_import_handler.identity import Resource
from personalize_import_handler.outcome import Finished, ImportFailed, Outcome, Progress, Waiting, attributes_of
from personalize_import_handler.personalize import (
    Busy,
    DatasetImportJob,
    Personalize,
    Phase,
    Refused,
    UnknownStatus,
    has_failed,
)
from personalize_import_handler.properties import ImportProperties

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Import:
    """What is to be imported for which resource, and the service that does it."""

    properties: ImportProperties
    resource: Resource
    personalize: Personalize
    undone: ImportProperties | None = None
    """What the resource imported before this."""

    def start(self, progress: Progress) -> Outcome:
        """Start the job, or find the one that does just this import already; queue where there is no room for it."""
        try:
            found = find_or_start(self.personalize, self.properties, self.resource, self.undone)
        except Hindered as hindered:
            return self._hindered(hindered.refused, hindered.job_name, progress)
        arn = found.dataset_import_job_arn
        logger.info("%s %s", "Found" if found.adopted else "Started", arn)
        return self.look(replace(progress, dataset_import_job_arn=arn, tags_due=found.adopted))

    def keep(self, progress: Progress, dataset_import_job_arn: str) -> Outcome:
        """Go on with the job that the resource has; import again where it has failed, or is gone."""
        try:
            job = self.personalize.describe_dataset_import_job(dataset_import_job_arn)
            over = job is None or has_failed(job.status)
        except Refused:
            over = False  # whoever looks next will say so, or try again
        return (
            self.start(progress)
            if over
            else self.look(replace(progress, dataset_import_job_arn=dataset_import_job_arn))
        )

    def look(self, progress: Progress) -> Outcome:
        """Look at the job: finished, still running, or an `ImportFailed`."""
        arn = progress.dataset_import_job_arn
        if arn is None:
            return self.start(progress)
        try:
            job = self.personalize.describe_dataset_import_job(arn)
            if job and progress.tags_due:
                self._set_tags(arn)
                progress = replace(progress, tags_due=False)
        except Refused as refused:
            if self._may_pass(refused, progress):
                return self._try_again(refused, arn, progress)
            raise ImportFailed(reasons.not_seen(refused, arn), arn) from refused
        if job is None:
            raise ImportFailed(reasons.vanished(arn), arn)
        return self._judge(job, progress)

    def _set_tags(self, dataset_import_job_arn: str) -> None:
        """Give a job that is there already the tags that it should have."""
        wanted = dict(self.properties.tags)
        present = self.personalize.list_tags(dataset_import_job_arn)
        if extra := [key for key in present if key not in wanted and not key.startswith("aws:")]:
            self.personalize.untag_resource(dataset_import_job_arn, extra)
        if missing := {key: value for key, value in wanted.items() if present.get(key) != value}:
            self.personalize.tag_resource(dataset_import_job_arn, missing)

    def _judge(self, job: DatasetImportJob, progress: Progress) -> Outcome:
        arn = job.dataset_import_job_arn
        try:
            phase = job.phase
        except UnknownStatus as problem:
            raise ImportFailed(reasons.unknown_status(job, problem), arn) from problem
        if phase is Phase.FAILED:
            raise ImportFailed(reasons.job_failed(job), arn)
        if phase is Phase.ACTIVE or not self.properties.wait:
            return Finished(physical_resource_id=arn, attributes=attributes_of(job))
        elapsed = progress.elapsed_seconds(self.personalize.now())
        if elapsed >= self.properties.timeout_seconds:
            raise ImportFailed(reasons.not_in_time(job, elapsed), arn)
        seconds = pace.seconds_until_next_look(self.personalize.now() - job.creation_date_time)
        return self._wait(arn, progress, seconds)

    def _hindered(self, refused: Refused, job_name: str, progress: Progress) -> Outcome:
        arn = self.resource.job_arn(job_name)
        if self._may_pass(refused, progress):
            return self._try_again(refused, arn, progress)
        raise ImportFailed(reasons.not_started(refused, job_name, self.properties.data_location), arn) from refused

    def _may_pass(self, refused: Refused, progress: Progress) -> bool:
        elapsed = progress.elapsed_seconds(self.personalize.now())
        in_time = elapsed < self.properties.timeout_seconds
        return isinstance(refused, Busy) or (in_time and fresh_permissions.may_become_effective(refused, elapsed))

    def _try_again(self, refused: Refused, arn: str, progress: Progress) -> Outcome:
        elapsed = progress.elapsed_seconds(self.personalize.now())
        if elapsed >= self.properties.timeout_seconds:
            raise ImportFailed(reasons.not_answered_in_time(refused, elapsed), arn) from refused
        logger.info("Not yet: %s", refused)
        return self._wait(arn, progress, pace.seconds_until_next_try())

    def _wait(self, arn: str, progress: Progress, seconds: int) -> Waiting:
        now = self.personalize.now()
        left = max(1, round(self.properties.timeout_seconds - progress.elapsed_seconds(now)))
        return Waiting(physical_resource_id=arn, progress=progress.begun(now), wait_seconds=min(seconds, left))
