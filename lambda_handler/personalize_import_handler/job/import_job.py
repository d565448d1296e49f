"""One import: find or start its job, poll it, and evaluate its status."""

import logging
from collections.abc import Callable
from typing import NamedTuple

from personalize_import_handler.aws import fresh_permissions
from personalize_import_handler.aws.personalize import DatasetImportJob, Personalize, Phase, UnknownStatusError
from personalize_import_handler.aws.services import Services
from personalize_import_handler.contract import ATTEMPTS_MAX, DATA_FINGERPRINT_TAG, ReimportMode
from personalize_import_handler.contract.import_properties import ImportProperties
from personalize_import_handler.data import preparation
from personalize_import_handler.errors import BusyError, DataRefusedError, ImportFailedError, RefusedError
from personalize_import_handler.job import adoption
from personalize_import_handler.job.adoption import Attempt, AttemptError
from personalize_import_handler.job.tagging import ForeignJobError, set_tags
from personalize_import_handler.messages import failure_reasons
from personalize_import_handler.request import ownership, polling
from personalize_import_handler.request.job_names import JobNames, attempt_of, names_of
from personalize_import_handler.request.outcome import (
    Finished,
    Outcome,
    Progress,
    Waiting,
    attributes_of,
    attributes_of_unknown_job,
)
from personalize_import_handler.request.resource import Resource

logger = logging.getLogger(__name__)


class Import(NamedTuple):
    """An import, the resource that requested it, and the services that it uses."""

    properties: ImportProperties
    resource: Resource
    services: Services
    is_superseded: Callable[[], bool]
    """Returns whether CloudFormation has sent a later request for the resource; may raise `RefusedError`."""
    previous: ImportProperties | None = None
    """The previous import of the resource."""
    is_create: bool = False
    """True in a Create: jobs that belonged to an earlier resource aren't adopted."""
    repeats_followers: bool = False
    """True in an Update: rows that other resources added after an earlier attempt are imported again."""
    follower_names: JobNames | None = None
    """The job names of the follower whose import is repeated."""

    @property
    def personalize(self) -> Personalize:
        """Amazon Personalize."""
        return self.services.personalize

    @property
    def names(self) -> JobNames:
        """The names of the jobs of this import."""
        return self.follower_names or names_of(self.properties, self.resource)

    @property
    def compares_data(self) -> bool:
        """True if a change of the data starts a new import."""
        return self.properties.reimport is ReimportMode.WHEN_DATA_CHANGES

    def resolve_root_stack(self, progress: Progress) -> Outcome | None:
        """Describe the root stack if the properties depend on it and it is not recorded yet."""
        if progress.root_stack_name is not None or not ownership.depends_on_root_stack(self.properties, self.resource):
            return None
        try:
            self._sync_clock()
            root = self.services.stacks.root_of(self.resource.stack_id)
        except RefusedError as refused:
            return self._retry_or_fail(refused, failure_reasons.root_stack_unknown(refused), None, progress)
        if problems := [*ownership.problems_with_root_stack(self.properties, self.resource, root.name)]:
            raise ImportFailedError(failure_reasons.properties_of_another_stack(problems))
        return self._wait(None, progress._replace(root_stack_name=root.name), seconds=0)

    def compute_fingerprint(self, progress: Progress) -> Outcome | None:
        """Compute the data fingerprint if the import depends on it and it is not recorded yet."""
        if not self.compares_data or self.properties.data_fingerprint:
            return None
        from personalize_import_handler.data.fingerprint import fingerprint_of  # few imports need it

        arn = self.names.arn(1)
        try:
            self._sync_clock()
            fingerprint = fingerprint_of(self.properties, self.services.data_reader(self.properties.role_arn))
        except RefusedError as refused:
            return self._retry_or_fail(
                refused, failure_reasons.fingerprint_failed(refused, self.properties), arn, progress
            )
        return self._wait(arn, progress._replace(data_fingerprint=fingerprint), seconds=0)

    def find_job(self, progress: Progress) -> Outcome:
        """Find a job that does the same import, otherwise choose the number of the next attempt."""
        previous = names_of(self.previous, self.resource) if self.previous else None
        try:
            found = adoption.find(self.personalize, self.properties, self.names, previous, is_create=self.is_create)
        except AttemptError as hindered:
            return self._retry_attempt_or_fail(hindered, progress)
        return self._proceed_with(found, progress, tags_due=True)

    def continue_from(self, progress: Progress, dataset_import_job_arn: str) -> Outcome:
        """Continue with the import of another resource: its job, or the attempt that it could not start.

        The job must match the first resource and these properties. Its tag contains the data fingerprint if the import
        depends on the data, or did so when the job was started.
        """
        if self.names.includes(dataset_import_job_arn):
            return self.continue_job(progress, dataset_import_job_arn)
        try:
            fingerprint = self._fingerprint_of(dataset_import_job_arn)
        except RefusedError as refused:
            return self._retry_poll_or_fail(refused, dataset_import_job_arn, progress)
        if fingerprint is None and self.compares_data:
            # No job has been started yet, so the fingerprint is computed from the current data.
            return self.compute_fingerprint(progress) or self.find_job(progress)
        known = self._replace(properties=self.properties._replace(data_fingerprint=fingerprint))
        return known.continue_job(progress._replace(data_fingerprint=fingerprint), dataset_import_job_arn)

    def continue_job(self, progress: Progress, dataset_import_job_arn: str) -> Outcome:
        """Continue with the latest attempt if the given job belongs to this import."""
        if not self.names.includes(dataset_import_job_arn):
            raise ImportFailedError(failure_reasons.job_of_another_import(dataset_import_job_arn))
        try:
            found = adoption.latest(self.personalize, self.properties, self.names, attempt_of(dataset_import_job_arn))
        except AttemptError as hindered:
            return self._retry_attempt_or_fail(hindered, progress)
        return self._proceed_with(found, progress, tags_due=False)

    def _fingerprint_of(self, dataset_import_job_arn: str) -> str | None:
        """Return the fingerprint of the data that a job imported; None if the job doesn't exist."""
        if self.personalize.describe_dataset_import_job(dataset_import_job_arn) is None:
            return None
        return self.personalize.list_tags(dataset_import_job_arn).get(DATA_FINGERPRINT_TAG, "")

    def keep_job(self, progress: Progress, *, tags_due: bool) -> Outcome:
        """Continue with the resource's current job; import again if it failed or its dataset was replaced."""
        try:
            found = adoption.current(self.personalize, self.properties, self.resource)
        except AttemptError as hindered:
            return self._retry_attempt_or_fail(hindered, progress)
        return self._proceed_with(found, progress, tags_due=tags_due) if found else self.find_job(progress)

    def start_attempt(self, progress: Progress, attempt: int) -> Outcome:
        """Start the recorded attempt; queue it if the service has no capacity."""
        name, arn = self.names.name(attempt), self.names.arn(attempt)
        try:
            if self._is_superseded(attempt):
                raise ImportFailedError(failure_reasons.superseded(name), arn)
            if preparation.is_due(self.properties) and not progress.prepared:
                return self._prepare(attempt, progress)
            started = adoption.start(self.personalize, self.properties, self.names, attempt)
        except AttemptError as hindered:
            return self._retry_attempt_or_fail(hindered, progress)
        if not started:
            return self._proceed_with(adoption.next_attempt(self.names, attempt + 1), progress, tags_due=False)
        logger.info("Started %s", arn)
        return self.poll_job(progress._replace(dataset_import_job_arn=arn), arn)

    def poll_job(self, progress: Progress, dataset_import_job_arn: str) -> Outcome:
        """Poll the job: return whether it is finished or still running; raise `ImportFailedError` if it failed."""
        arn = dataset_import_job_arn
        try:
            job = self.personalize.describe_dataset_import_job(arn)
            if job and progress.tags_due:
                set_tags(self.personalize, arn, self.properties.job_tags(self.names.resource_tag))
                progress = progress._replace(tags_due=False)
        except RefusedError as refused:
            return self._retry_poll_or_fail(refused, arn, progress)
        except ForeignJobError as foreign:
            raise ImportFailedError(failure_reasons.job_of_another_resource(arn)) from foreign
        if job is None:
            raise ImportFailedError(failure_reasons.job_not_found(arn), arn, progress.status_if_failed)
        return self._evaluate(job, progress)

    def _proceed_with(self, found: Attempt, progress: Progress, *, tags_due: bool) -> Outcome:
        if found.number > ATTEMPTS_MAX:
            raise ImportFailedError(failure_reasons.attempts_exhausted())
        arn = found.dataset_import_job_arn
        if found.is_started:
            logger.info("Found %s", arn)
            fingerprint = found.data_fingerprint or progress.data_fingerprint
            noted = progress._replace(dataset_import_job_arn=arn, tags_due=tags_due, data_fingerprint=fingerprint)
            return self.poll_job(noted, arn)
        if self._is_timed_out(progress):
            # The event came so late that CloudFormation may have timed out and sent another request.
            name = self.names.name(found.number)
            raise ImportFailedError(failure_reasons.start_timed_out(name, self._waited_seconds(progress)), arn)
        return self._wait(arn, progress._replace(attempt=found.number), seconds=0)

    def _is_superseded(self, attempt: int) -> bool:
        try:
            return self.is_superseded()
        except RefusedError as refused:
            raise AttemptError(attempt, refused) from refused

    def _sync_clock(self) -> None:
        """Make any call if none was made yet, because the service's time comes from its responses."""
        self.personalize.dataset_created_at(self.properties.dataset_arn)

    def _prepare(self, attempt: int, progress: Progress) -> Outcome:
        name, arn = self.names.name(attempt), self.names.arn(attempt)
        try:
            self._sync_clock()
            if self._is_timed_out(progress):
                return self._hand_over_or_fail(
                    failure_reasons.start_timed_out(name, self._waited_seconds(progress)), arn, progress
                )
            prepared = preparation.prepare(self.properties, progress, self.services)
        except RefusedError as refused:
            raise AttemptError(attempt, refused) from refused
        except DataRefusedError as problem:
            raise ImportFailedError(failure_reasons.preflight_failed(problem, name), arn) from problem
        return self._wait(arn, prepared, seconds=0)

    def _evaluate(self, job: DatasetImportJob, progress: Progress) -> Outcome:
        arn = job.dataset_import_job_arn
        try:
            phase = job.phase
        except UnknownStatusError as problem:
            raise ImportFailedError(
                failure_reasons.unknown_status(job, problem), arn, progress.status_if_failed
            ) from problem
        if phase is Phase.FAILED:
            raise ImportFailedError(failure_reasons.job_failed(job), arn, job.status)
        if phase is Phase.ACTIVE or not self.properties.wait:
            return self._finish(job, progress)
        if self._is_timed_out(progress):
            if self.properties.hands_over:
                return Finished(attributes_of(job))
            raise ImportFailedError(
                failure_reasons.job_timed_out(job, self._waited_seconds(progress)), arn, progress.status_if_failed
            )
        seconds = polling.seconds_until_next_poll(self.personalize.now() - job.creation_date_time)
        return self._wait(arn, progress, seconds, job.status)

    def _finish(self, job: DatasetImportJob, progress: Progress) -> Outcome:
        arn, has_followers = job.dataset_import_job_arn, self.properties.followed_by and self.properties.wait
        if not (self.repeats_followers and has_followers and attempt_of(arn) > 1):
            return Finished(attributes_of(job))
        from personalize_import_handler.job import restoring  # few imports have followers

        return restoring.restore(self, job, progress, lambda refused: self._retry_poll_or_fail(refused, arn, progress))

    def _retry_attempt_or_fail(self, hindered: AttemptError, progress: Progress) -> Outcome:
        refused, name, arn = hindered.refused, self.names.name(hindered.attempt), self.names.arn(hindered.attempt)
        return self._retry_or_fail(refused, failure_reasons.start_failed(refused, name, self.properties), arn, progress)

    def _retry_poll_or_fail(self, refused: RefusedError, arn: str, progress: Progress) -> Outcome:
        return self._retry_or_fail(refused, failure_reasons.describe_failed(refused, arn), arn, progress)

    def _retry_or_fail(self, refused: RefusedError, reason: str, arn: str | None, progress: Progress) -> Outcome:
        """Retry if the call may succeed later; otherwise fail with the reason."""
        if self._is_retryable(refused, progress):
            return self._retry_later(refused, arn, progress)
        raise ImportFailedError(reason, arn, progress.status_if_failed) from refused

    def _is_retryable(self, refused: RefusedError, progress: Progress) -> bool:
        fresh = fresh_permissions.may_become_effective(refused, self._waited_seconds(progress))
        return isinstance(refused, BusyError) or (fresh and not self._is_timed_out(progress))

    def _retry_later(self, refused: RefusedError, arn: str | None, progress: Progress) -> Outcome:
        if self._is_timed_out(progress):
            return self._hand_over_or_fail(
                failure_reasons.call_timed_out(refused, self._waited_seconds(progress)), arn, progress
            )
        logger.info("Retrying later: %s", refused)
        queues = isinstance(refused, BusyError) and not progress.dataset_import_job_arn
        seconds = polling.seconds_until_queued_retry() if queues else polling.seconds_until_retry()
        return self._wait(arn, progress, seconds)

    def _hand_over_or_fail(self, reason: str, arn: str | None, progress: Progress) -> Finished:
        """Pass the known state to the next resource of the wait chain; fail with the reason if that is not possible."""
        known = progress.dataset_import_job_arn or progress.attempt
        if not (self.properties.hands_over and known and arn):
            raise ImportFailedError(reason, arn, progress.status_if_failed)
        return Finished(attributes_of_unknown_job(arn, self.properties.dataset_arn))

    def _is_timed_out(self, progress: Progress) -> bool:
        return progress.elapsed_seconds(self.personalize.now()) >= self.properties.timeout_seconds

    def _waited_seconds(self, progress: Progress) -> float:
        return self.properties.waited_seconds + progress.elapsed_seconds(self.personalize.now())

    def _wait(self, arn: str | None, progress: Progress, seconds: int, status: str | None = None) -> Waiting:
        now = self.personalize.now()
        left = max(1, round(self.properties.timeout_seconds - progress.elapsed_seconds(now)))
        seconds = min(seconds, left)
        return Waiting(progress.begun(now), seconds, dataset_import_job_arn=arn, status=status)
