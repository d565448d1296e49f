"""One import on its way: start the job or find it, look at it, and judge what its status means."""

import logging
from dataclasses import dataclass, replace

from personalize_import_handler import adoption, pace, reasons
from personalize_import_handler.identity import Resource, job_name
from personalize_import_handler.outcome import Finished, ImportFailed, Outcome, Progress, Waiting, attributes_of
from personalize_import_handler.personalize import Busy, DatasetImportJob, Personalize, Phase, Refused, UnknownStatus
from personalize_import_handler.properties import ImportProperties

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Import:
    """What is to be imported for which resource, and the service that does it."""

    properties: ImportProperties
    resource: Resource
    personalize: Personalize

    def start(self, progress: Progress) -> Outcome:
        """Start the job, or find the one that does just this import already; queue where there is no room for it."""
        try:
            found = adoption.find_or_start(self.personalize, self.properties, self.resource)
            if found.adopted:
                self.set_tags(found.dataset_import_job_arn)
        except Busy as busy:
            return self._try_again(busy, progress)
        except Refused as refused:
            name = job_name(self.properties, self.resource, 1)
            reason = reasons.not_started(refused, name, self.properties.data_location)
            raise ImportFailed(reason, self.resource.job_arn(name)) from refused
        logger.info("%s %s", "Found" if found.adopted else "Started", found.dataset_import_job_arn)
        return self.look(replace(progress, dataset_import_job_arn=found.dataset_import_job_arn))

    def look(self, progress: Progress) -> Outcome:
        """Look at the job: finished, still running, or an `ImportFailed`."""
        arn = progress.dataset_import_job_arn
        if arn is None:
            return self.start(progress)
        try:
            job = self.personalize.describe_dataset_import_job(arn)
        except Busy as busy:
            return self._try_again(busy, progress)
        except Refused as refused:
            raise ImportFailed(reasons.not_seen(refused, arn), arn) from refused
        if job is None:
            raise ImportFailed(reasons.vanished(arn), arn)
        return self._judge(job, progress)

    def set_tags(self, dataset_import_job_arn: str) -> None:
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
        elapsed = self._elapsed(progress)
        if elapsed >= self.properties.timeout_seconds:
            raise ImportFailed(reasons.not_in_time(job, elapsed), arn)
        seconds = pace.seconds_until_next_look(self.personalize.now() - job.creation_date_time)
        return self._wait(arn, progress, seconds)

    def _try_again(self, busy: Busy, progress: Progress) -> Outcome:
        arn = progress.dataset_import_job_arn or self.resource.job_arn(job_name(self.properties, self.resource, 1))
        elapsed = self._elapsed(progress)
        if elapsed >= self.properties.timeout_seconds:
            raise ImportFailed(reasons.not_answered_in_time(busy, elapsed), arn) from busy
        logger.info("Not yet: %s", busy)
        return self._wait(arn, progress, pace.seconds_until_next_try())

    def _wait(self, arn: str, progress: Progress, seconds: int) -> Waiting:
        left = max(1, round(self.properties.timeout_seconds - self._elapsed(progress)))
        return Waiting(physical_resource_id=arn, progress=progress, wait_seconds=min(seconds, left))

    def _elapsed(self, progress: Progress) -> float:
        return self.personalize.now() - progress.started_at
