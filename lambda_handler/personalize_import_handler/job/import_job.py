"""One import on its way: find or start the job, look at it, and judge what its status means."""

import logging
from collections.abc import Callable
from typing import NamedTuple

from personalize_import_handler.aws import fresh_permissions
from personalize_import_handler.aws.data_reader import DataReader
from personalize_import_handler.aws.personalize import DatasetImportJob, Personalize, Phase, UnknownStatus
from personalize_import_handler.aws.stacks import Stacks
from personalize_import_handler.aws.storage import Storage
from personalize_import_handler.contract import ATTEMPTS_MAX, DATA_FINGERPRINT_TAG, ReimportMode
from personalize_import_handler.contract.properties import ImportProperties
from personalize_import_handler.data import preparation
from personalize_import_handler.errors import Busy, DataRefused, ImportFailed, Refused
from personalize_import_handler.job import adoption
from personalize_import_handler.job.adoption import Attempt, Hindered
from personalize_import_handler.job.tagging import ForeignJobError, set_tags
from personalize_import_handler.messages import failure_reasons
from personalize_import_handler.request import ownership, polling
from personalize_import_handler.request.names import JobNames, Resource, attempt_of, names_of
from personalize_import_handler.request.outcome import (
    Finished,
    Outcome,
    Progress,
    Waiting,
    attributes_of,
    attributes_unseen,
)

logger = logging.getLogger(__name__)


class Import(NamedTuple):
    """What is to be imported for which resource, the service that does it, and whether anybody waits for it."""

    properties: ImportProperties
    resource: Resource
    personalize: Personalize
    storage: Callable[[], Storage]
    read_as: Callable[[str], DataReader]
    is_given_up: Callable[[], bool]
    """Whether CloudFormation has made another request for the resource since; may raise `Refused`."""
    undone: ImportProperties | None = None
    """What the resource imported before this."""
    is_new: bool = False
    """True in a Create: a job that belonged to a resource of before isn't adopted."""
    restores: bool = False
    """True in an Update: rows that others added after an earlier attempt at this import are imported again."""
    names_of_follower: JobNames | None = None
    """The names of the jobs where this repeats the import of another resource."""

    @property
    def names(self) -> JobNames:
        """The names of the jobs of this import."""
        return self.names_of_follower or names_of(self.properties, self.resource)

    @property
    def compares_data(self) -> bool:
        """Whether the data decides which import this is."""
        return self.properties.reimport is ReimportMode.WHEN_DATA_CHANGES

    def know_stack(self, progress: Progress, stacks: Callable[[], Stacks]) -> Outcome | None:
        """Find out which stack the stack is nested in, if its properties depend on that and it isn't known yet."""
        if progress.root_stack_name is not None or not ownership.names_root_stack(self.properties, self.resource):
            return None
        try:
            self._ask_for_the_time()
            root = stacks().root_of(self.resource.stack_id)
        except Refused as refused:
            return self._unless_for_good(refused, failure_reasons.stack_not_seen(refused), None, progress)
        if problems := [*ownership.problems_with_root_stack(self.properties, self.resource, root.name)]:
            raise ImportFailed(failure_reasons.of_another_stack(problems))
        return self._wait(None, progress._replace(root_stack_name=root.name), seconds=0)

    def know_data(self, progress: Progress) -> Outcome | None:
        """Take the data's fingerprint, if that decides which import this is and isn't known yet."""
        if not self.compares_data or self.properties.data_fingerprint:
            return None
        from personalize_import_handler.data.fingerprint import fingerprint_of  # few imports ask for it

        arn = self.names.arn(1)
        try:
            self._ask_for_the_time()
            fingerprint = fingerprint_of(self.properties, self.read_as(self.properties.role_arn))
        except Refused as refused:
            return self._unless_for_good(
                refused, failure_reasons.data_not_seen(refused, self.properties), arn, progress
            )
        return self._wait(arn, progress._replace(data_fingerprint=fingerprint), seconds=0)

    def begin(self, progress: Progress) -> Outcome:
        """Find the job that does just this import already; or decide on the attempt to make."""
        undone = names_of(self.undone, self.resource) if self.undone else None
        try:
            found = adoption.find(self.personalize, self.properties, self.names, undone, is_new=self.is_new)
        except Hindered as hindered:
            return self._hindered(hindered, progress)
        return self._take(found, progress, tags_due=True)

    def go_on(self, progress: Progress, dataset_import_job_arn: str) -> Outcome:
        """Go on with what another resource has begun: the job, or the attempt that it had no time to make.

        The job must be of just this import: of the first resource, and of these properties. Its tag has the fingerprint
        of the data where that decides, or did when the job was started.
        """
        if self.names.include(dataset_import_job_arn):
            return self.continue_with(progress, dataset_import_job_arn)
        try:
            fingerprint = self._fingerprint_of(dataset_import_job_arn)
        except Refused as refused:
            return self._not_seen(refused, dataset_import_job_arn, progress)
        if fingerprint is None and self.compares_data:
            # No job has been started for the data yet, so what counts is the data as it is now.
            return self.know_data(progress) or self.begin(progress)
        known = self._replace(properties=self.properties._replace(data_fingerprint=fingerprint))
        return known.continue_with(progress._replace(data_fingerprint=fingerprint), dataset_import_job_arn)

    def continue_with(self, progress: Progress, dataset_import_job_arn: str) -> Outcome:
        """Continue with the last attempt, if the job that is named is one of this import."""
        if not self.names.include(dataset_import_job_arn):
            raise ImportFailed(failure_reasons.of_another_import(dataset_import_job_arn))
        try:
            found = adoption.latest(self.personalize, self.properties, self.names, attempt_of(dataset_import_job_arn))
        except Hindered as hindered:
            return self._hindered(hindered, progress)
        return self._take(found, progress, tags_due=False)

    def _fingerprint_of(self, dataset_import_job_arn: str) -> str | None:
        """Return the fingerprint of the data that a job has imported; None if there is no such job."""
        if self.personalize.describe_dataset_import_job(dataset_import_job_arn) is None:
            return None
        return self.personalize.list_tags(dataset_import_job_arn).get(DATA_FINGERPRINT_TAG, "")

    def keep(self, progress: Progress, *, tags_due: bool) -> Outcome:
        """Continue with the job that the resource has; import again if that failed, or its dataset was replaced."""
        try:
            found = adoption.current(self.personalize, self.properties, self.resource)
        except Hindered as hindered:
            return self._hindered(hindered, progress)
        return self._take(found, progress, tags_due=tags_due) if found else self.begin(progress)

    def start(self, progress: Progress, attempt: int) -> Outcome:
        """Make the attempt that was decided on; queue where there is no room for it."""
        name, arn = self.names.name(attempt), self.names.arn(attempt)
        try:
            if self._is_given_up(attempt):
                raise ImportFailed(failure_reasons.given_up(name), arn)
            if preparation.is_due(self.properties) and not progress.prepared:
                return self._prepare(attempt, progress)
            started = adoption.start(self.personalize, self.properties, self.names, attempt)
        except Hindered as hindered:
            return self._hindered(hindered, progress)
        if not started:
            return self._take(adoption.not_made(self.names, attempt + 1), progress, tags_due=False)
        logger.info("Started %s", arn)
        return self.look(progress._replace(dataset_import_job_arn=arn), arn)

    def look(self, progress: Progress, dataset_import_job_arn: str) -> Outcome:
        """Look at the job: finished, still running, or an `ImportFailed`."""
        arn = dataset_import_job_arn
        try:
            job = self.personalize.describe_dataset_import_job(arn)
            if job and progress.tags_due:
                set_tags(self.personalize, arn, self.properties.job_tags(self.names.resource_tag))
                progress = progress._replace(tags_due=False)
        except Refused as refused:
            return self._not_seen(refused, arn, progress)
        except ForeignJobError as foreign:
            raise ImportFailed(failure_reasons.of_another_resource(arn)) from foreign
        if job is None:
            raise ImportFailed(failure_reasons.vanished(arn), arn, progress.status_if_failed)
        return self._judge(job, progress)

    def _take(self, found: Attempt, progress: Progress, *, tags_due: bool) -> Outcome:
        if found.number > ATTEMPTS_MAX:
            raise ImportFailed(failure_reasons.names_used_up())
        arn = found.dataset_import_job_arn
        if found.is_made:
            logger.info("Found %s", arn)
            fingerprint = found.data_fingerprint or progress.data_fingerprint
            noted = progress._replace(dataset_import_job_arn=arn, tags_due=tags_due, data_fingerprint=fingerprint)
            return self.look(noted, arn)
        if self._time_is_up(progress):
            # The event came so late that CloudFormation may have given the request up: another may have followed it.
            name = self.names.name(found.number)
            raise ImportFailed(failure_reasons.not_started_in_time(name, self._waited(progress)), arn)
        return self._wait(arn, progress._replace(attempt=found.number), seconds=0)

    def _is_given_up(self, attempt: int) -> bool:
        try:
            return self.is_given_up()
        except Refused as refused:
            raise Hindered(attempt, refused) from refused

    def _ask_for_the_time(self) -> None:
        """Ask the service for anything, where nothing else is asked of it: what it answers tells its time."""
        self.personalize.dataset_created_at(self.properties.dataset_arn)

    def _prepare(self, attempt: int, progress: Progress) -> Outcome:
        name, arn = self.names.name(attempt), self.names.arn(attempt)
        try:
            self._ask_for_the_time()
            if self._time_is_up(progress):
                return self._out_of_time(
                    failure_reasons.not_started_in_time(name, self._waited(progress)), arn, progress
                )
            prepared = preparation.prepare(self.properties, progress, self.personalize, self.storage, self.read_as)
        except Refused as refused:
            raise Hindered(attempt, refused) from refused
        except DataRefused as problem:
            raise ImportFailed(failure_reasons.data_refused(problem, name), arn) from problem
        return self._wait(arn, prepared, seconds=0)

    def _judge(self, job: DatasetImportJob, progress: Progress) -> Outcome:
        arn = job.dataset_import_job_arn
        try:
            phase = job.phase
        except UnknownStatus as problem:
            raise ImportFailed(
                failure_reasons.unknown_status(job, problem), arn, progress.status_if_failed
            ) from problem
        if phase is Phase.FAILED:
            raise ImportFailed(failure_reasons.job_failed(job), arn, job.status)
        if phase is Phase.ACTIVE or not self.properties.wait:
            return self._finish(job, progress)
        if self._time_is_up(progress):
            if self.properties.hands_over:
                return Finished(attributes_of(job))
            raise ImportFailed(failure_reasons.not_in_time(job, self._waited(progress)), arn, progress.status_if_failed)
        seconds = polling.seconds_until_next_look(self.personalize.now() - job.creation_date_time)
        return self._wait(arn, progress, seconds, job.status)

    def _finish(self, job: DatasetImportJob, progress: Progress) -> Outcome:
        arn, has_followers = job.dataset_import_job_arn, self.properties.followed_by and self.properties.wait
        if not (self.restores and has_followers and attempt_of(arn) > 1):
            return Finished(attributes_of(job))
        from personalize_import_handler.job import restoring  # few imports have followers

        return restoring.restore(self, job, progress, lambda refused: self._not_seen(refused, arn, progress))

    def _hindered(self, hindered: Hindered, progress: Progress) -> Outcome:
        refused, name, arn = hindered.refused, self.names.name(hindered.attempt), self.names.arn(hindered.attempt)
        return self._unless_for_good(
            refused, failure_reasons.not_started(refused, name, self.properties), arn, progress
        )

    def _not_seen(self, refused: Refused, arn: str, progress: Progress) -> Outcome:
        return self._unless_for_good(refused, failure_reasons.not_seen(refused, arn), arn, progress)

    def _unless_for_good(self, refused: Refused, reason: str, arn: str | None, progress: Progress) -> Outcome:
        """Try again what may be granted later; fail with the reason otherwise."""
        if self._may_pass(refused, progress):
            return self._try_again(refused, arn, progress)
        raise ImportFailed(reason, arn, progress.status_if_failed) from refused

    def _may_pass(self, refused: Refused, progress: Progress) -> bool:
        fresh = fresh_permissions.may_become_effective(refused, self._waited(progress))
        return isinstance(refused, Busy) or (fresh and not self._time_is_up(progress))

    def _try_again(self, refused: Refused, arn: str | None, progress: Progress) -> Outcome:
        if self._time_is_up(progress):
            return self._out_of_time(
                failure_reasons.not_answered_in_time(refused, self._waited(progress)), arn, progress
            )
        logger.info("Not yet: %s", refused)
        queues = isinstance(refused, Busy) and not progress.dataset_import_job_arn
        seconds = polling.seconds_until_there_may_be_room() if queues else polling.seconds_until_next_try()
        return self._wait(arn, progress, seconds)

    def _out_of_time(self, reason: str, arn: str | None, progress: Progress) -> Finished:
        """Hand over to the next resource what is known; fail with the reason where there is none, or nothing is."""
        known = progress.dataset_import_job_arn or progress.attempt
        if not (self.properties.hands_over and known and arn):
            raise ImportFailed(reason, arn, progress.status_if_failed)
        return Finished(attributes_unseen(arn, self.properties.dataset_arn))

    def _time_is_up(self, progress: Progress) -> bool:
        return progress.elapsed_seconds(self.personalize.now()) >= self.properties.timeout_seconds

    def _waited(self, progress: Progress) -> float:
        return self.properties.waited_seconds + progress.elapsed_seconds(self.personalize.now())

    def _wait(self, arn: str | None, progress: Progress, seconds: int, status: str | None = None) -> Waiting:
        now = self.personalize.now()
        left = max(1, round(self.properties.timeout_seconds - progress.elapsed_seconds(now)))
        seconds = min(seconds, left)
        return Waiting(progress.begun(now), seconds, dataset_import_job_arn=arn, status=status)
