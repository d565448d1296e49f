"""An import as a request describes it, with what each poll of it needs: its names, the time left, and retries."""

import logging
from collections.abc import Callable
from typing import NamedTuple

from personalize_import_handler.aws.error_codes import may_become_effective
from personalize_import_handler.aws.personalize import DatasetImportJob, Personalize
from personalize_import_handler.aws.services import Services
from personalize_import_handler.contract import REFRESH_TAG, ReimportMode
from personalize_import_handler.contract.import_properties import ImportProperties
from personalize_import_handler.contract.printable import printable
from personalize_import_handler.errors import BusyError, DatasetBusyError, ImportFailedError, RefusedError
from personalize_import_handler.messages import failure_reasons
from personalize_import_handler.messages.advice import DEPLOY_AGAIN, WAIT_FOR_REFRESH
from personalize_import_handler.request import polling, queueing
from personalize_import_handler.request.execution import LIST_EXECUTIONS, Standing
from personalize_import_handler.request.job_names import JobNames, names_of
from personalize_import_handler.request.outcome import (
    REFUSAL_LENGTH_MAX,
    Finished,
    Outcome,
    Progress,
    Waiting,
    attributes_of,
    attributes_of_unknown_job,
)
from personalize_import_handler.request.queueing import Delay
from personalize_import_handler.request.resource import Resource

logger = logging.getLogger(__name__)


def finish_job(_: "RequestedImport", job: DatasetImportJob, __: Progress) -> Outcome:
    """Return the attributes of a job that is ACTIVE, or that is not waited for."""
    return Finished(attributes_of(job))


class RequestedImport(NamedTuple):
    """An import, the resource that requested it, and the services that it uses."""

    properties: ImportProperties
    resource: Resource
    services: Services
    standing: Callable[[], Standing]
    """Returns the standing of the request among all executions; may raise `RefusedError`."""
    previous: ImportProperties | None = None
    """The previous import of the resource."""
    is_create: bool = False
    """True in a Create: jobs that belonged to an earlier resource aren't adopted."""
    finish: Callable[["RequestedImport", DatasetImportJob, Progress], Outcome] = finish_job
    """Returns the outcome after the import's own job."""
    import_role_path: str | None = None
    """The path of all roles that the provider can use; None if each role is allowed individually."""
    own_names: JobNames | None = None
    """The names of the jobs, if they are not those of the import: a repeated follower, or one file of an import."""
    refresh_requested_at: str | None = None
    """When the refresh was requested that needs the import; None if CloudFormation has requested it."""

    @property
    def personalize(self) -> Personalize:
        """Amazon Personalize."""
        return self.services.personalize

    @property
    def names(self) -> JobNames:
        """The names of the jobs of this import."""
        return self.own_names or names_of(self.properties, self.resource)

    @property
    def job_tags(self) -> dict[str, str]:
        """The tags of a job of this import."""
        refresh = {REFRESH_TAG: self.refresh_requested_at} if self.refresh_requested_at else {}
        return {**self.properties.job_tags(self.names.resource_tag), **refresh}

    @property
    def again(self) -> str:
        """The end of an advice: how the import is tried again."""
        return WAIT_FOR_REFRESH if self.refresh_requested_at else DEPLOY_AGAIN

    @property
    def compares_data(self) -> bool:
        """True if a change of the data starts a new import."""
        return self.properties.reimport is ReimportMode.WHEN_DATA_CHANGES

    def sync_clock(self) -> None:
        """Make any call, because the service's time comes from its responses; may raise `RefusedError`."""
        self.personalize.dataset_created_at(self.properties.dataset_arn)

    def is_timed_out(self, progress: Progress) -> bool:
        """Return whether the timeout of the resource has passed."""
        return progress.elapsed_seconds(self.personalize.now()) >= self.properties.timeout_seconds

    def waited_seconds(self, progress: Progress) -> float:
        """Return the seconds since the request, or since the first request of a wait chain."""
        return self.properties.waited_seconds + progress.elapsed_seconds(self.personalize.now())

    def wait(self, arn: str | None, progress: Progress, seconds: int, status: str | None = None) -> Waiting:
        """Return `Waiting` with the next poll after `seconds`, but not after the timeout."""
        now = self.personalize.now()
        left = max(1, round(self.properties.timeout_seconds - progress.elapsed_seconds(now)))
        seconds = min(seconds, left)
        return Waiting(progress.with_start_time(now), seconds, dataset_import_job_arn=arn, status=status)

    def retry_attempt_or_fail(self, refused: RefusedError, attempt: int, progress: Progress) -> Outcome:
        """Retry an attempt that could not be found or started, or fail if a retry can't help."""
        name, arn = self.names.name(attempt), self.names.arn(attempt)
        reason = failure_reasons.start_failed(refused, name, self.properties, self.import_role_path, again=self.again)
        return self.retry_or_fail(refused, reason, arn, progress)

    def retry_poll_or_fail(self, refused: RefusedError, arn: str, progress: Progress) -> Outcome:
        """Retry the poll of a job, or fail if a retry can't help."""
        return self.retry_or_fail(
            refused, failure_reasons.describe_failed(refused, arn, again=self.again), arn, progress
        )

    def retry_or_fail(self, refused: RefusedError, reason: str, arn: str | None, progress: Progress) -> Outcome:
        """Retry if the call may succeed later; otherwise fail with the reason."""
        if self._is_retryable(refused, progress):
            return self._retry_later(refused, arn, progress)
        raise ImportFailedError(reason, arn, progress.status_if_failed) from refused

    def _is_retryable(self, refused: RefusedError, progress: Progress) -> bool:
        fresh = may_become_effective(refused, self.waited_seconds(progress))
        return isinstance(refused, BusyError) or (fresh and not self.is_timed_out(progress))

    def _retry_later(self, refused: RefusedError, arn: str | None, progress: Progress) -> Outcome:
        if self.is_timed_out(progress):
            reason = failure_reasons.call_timed_out(refused, self.waited_seconds(progress), again=self.again)
            return self.complete_or_fail(reason, arn, progress)
        logger.info("Retrying later: %s", refused)
        if not progress.dataset_import_job_arn:
            progress = progress._replace(refusal=printable(refused.message)[:REFUSAL_LENGTH_MAX] or None)
        queues = isinstance(refused, BusyError) and not progress.dataset_import_job_arn
        return self.queue(arn, progress, refused) if queues else self.wait(arn, progress, polling.seconds_until_retry())

    def queue(self, arn: str | None, progress: Progress, refused: RefusedError | None = None) -> Waiting:
        """Wait for a slot, or for the end of the job that imports into the dataset."""
        delay = self.delay(progress)
        if isinstance(refused, DatasetBusyError):
            delay = queueing.delay_by_job(self.personalize.now() - refused.job_created_at)
        elif refused and refused.operation == LIST_EXECUTIONS:
            delay = delay._replace(imports_ahead=None)  # the place of the last poll may be out of date
        return self.wait(arn, progress, queueing.seconds_until_retry(delay))

    def delay(self, progress: Progress) -> Delay:
        """Return the place in the queue, and for how long the import has had it."""
        now = self.personalize.now()
        since = progress.elapsed_seconds(now) if progress.moved_at is None else now - progress.moved_at
        return Delay(since, progress.imports_ahead)

    def complete_or_fail(self, reason: str, arn: str | None, progress: Progress) -> Finished:
        """Complete a resource of a wait chain, so that the next one continues; fail with the reason if it can't."""
        known = progress.dataset_import_job_arn or progress.attempt or self.properties.dataset_import_job_arn
        if not (self.properties.completes_at_timeout and known and arn):
            raise ImportFailedError(reason, arn, progress.status_if_failed)
        return Finished(attributes_of_unknown_job(arn, self.properties.dataset_arn))
