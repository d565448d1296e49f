"""Find the next job of a refresh: read jobs, tags and files, and decide what is imported."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from personalize_import_handler.aws.data_reader import DataObject
from personalize_import_handler.aws.personalize import JobSummary, is_running
from personalize_import_handler.cloudformation import events
from personalize_import_handler.contract import (
    DATA_FINGERPRINT_TAG,
    DATA_LOCATION_LENGTH_MAX,
    REFRESH_TAG,
    RELEASED,
    REPEATED_TAG,
    RESOURCE_TAG,
    ImportMode,
    ReimportMode,
)
from personalize_import_handler.contract.locations import parse_location
from personalize_import_handler.data.fingerprint import fingerprint_of
from personalize_import_handler.errors import ImportFailedError
from personalize_import_handler.job.requested_import import RequestedImport
from personalize_import_handler.messages import refresh_reasons
from personalize_import_handler.refresh import repeats
from personalize_import_handler.refresh.decisions import DatasetJobs, file_digest, is_event_outdated, is_import_restored
from personalize_import_handler.refresh.result import Skipped
from personalize_import_handler.request.execution import Execution
from personalize_import_handler.request.job_names import JobNames, attempt_of, names_of
from personalize_import_handler.request.outcome import Progress
from personalize_import_handler.request.refresh_request import RefreshRequest, requested_time

NO_NEW_FILES: Final = "there are no new files"
_IMPORT_CHANGED: Final = "the import has changed since the refresh was requested"

ListExecutions = Callable[[], Sequence[Execution]]
"""Returns the executions for the resource; may raise `RefusedError`."""


class NextJob(NamedTuple):
    """The next job of a refresh: an attempt at the whole import, or at one file of it."""

    attempt: int
    files_fingerprint: str | None = None
    file_name: str | None = None
    file_digest: str | None = None

    def is_recorded_in(self, progress: Progress) -> bool:
        """Return whether an earlier poll has recorded this job."""
        return (progress.attempt, progress.file_digest) == (self.attempt, self.file_digest)

    def recorded_in(self, progress: Progress) -> Progress:
        """Return the progress with this job recorded, before it is started.

        The timeout doesn't begin again: otherwise a queued refresh whose file is overwritten again and again would
        never reach it.
        """
        return progress._replace(**self._asdict(), prepared=False)


class Busy(NamedTuple):
    """Another job imports into the dataset, so that nothing can be decided."""


class _LastImport(NamedTuple):
    """A job of a whole import that has not failed, and its tags."""

    job: JobSummary
    tags: Mapping[str, str]


def find_next_job(
    request: RefreshRequest, requested: RequestedImport, progress: Progress, list_executions: ListExecutions
) -> NextJob | Skipped | Busy:
    """Return the next job, or why there is none; raise `RefusedError` or `ImportFailedError`."""
    personalize, dataset_arn = requested.personalize, request.properties.dataset_arn
    listed = personalize.list_dataset_import_jobs(dataset_arn)
    if any(is_running(job.status) for job in listed):
        return Busy()
    jobs = DatasetJobs(listed, personalize.dataset_created_at(dataset_arn))
    last = _last_import(request, requested, jobs, list_executions)
    if isinstance(last, Skipped):
        return last
    if request.properties.import_mode is ImportMode.INCREMENTAL and last and jobs.has_rows_of(last.job):
        return _next_file(request, requested, progress, jobs, last.job)
    return _whole_import(request, requested, progress, jobs, last)


def _last_import(
    request: RefreshRequest, requested: RequestedImport, jobs: DatasetJobs, list_executions: ListExecutions
) -> _LastImport | Skipped | None:
    """Return the latest job of the import, or None; `Skipped` if the event has old properties of the resource.

    Job names of other resources may have the same prefix, so the tag decides; earlier versions set none. A job that
    repeats an import after a FULL one shows that its rows are in the dataset, but not that CloudFormation wants them.
    """
    names, requested_at = names_of(request.properties, requested.resource), requested_time(request.requested_at)
    latest: _LastImport | None = None
    for each in _imports_of_resource(requested, jobs, names):
        if each.tags.get(RESOURCE_TAG) == f"{names.resource_tag}{RELEASED}":
            return Skipped("the import was removed from the stack")
        is_of_import, created_at = _is_of_import(*each, request, requested), each.job.creation_date_time
        if is_of_import and latest is None:
            latest = each
        if REPEATED_TAG in each.tags:
            continue
        if not is_of_import:
            if not is_import_restored(created_at, requested_at, list_executions()):
                return Skipped(_IMPORT_CHANGED)
        elif _has_rows_of_another_import(jobs, request, requested) and is_event_outdated(
            created_at, requested_at, list_executions()
        ):
            return Skipped(_IMPORT_CHANGED)
        else:
            break
    return latest


def _imports_of_resource(requested: RequestedImport, jobs: DatasetJobs, names: JobNames) -> Iterator[_LastImport]:
    """Yield the jobs of the resource that have not failed, latest first; only those that are needed are read."""
    for job in jobs.imports_of_resource(names):
        tags = requested.personalize.list_tags(job.dataset_import_job_arn)
        if tags.get(RESOURCE_TAG, names.resource_tag) in (names.resource_tag, f"{names.resource_tag}{RELEASED}"):
            yield _LastImport(job, tags)


def _has_rows_of_another_import(jobs: DatasetJobs, request: RefreshRequest, requested: RequestedImport) -> bool:
    """Return whether rows of another import of the resource are in the dataset, so an Update to it starts no job."""
    names = names_of(request.properties, requested.resource)
    for job in jobs.imports_of_resource(names):
        if jobs.has_rows_of(job) and not names.includes(job.dataset_import_job_arn):
            tags = requested.personalize.list_tags(job.dataset_import_job_arn)
            if tags.get(RESOURCE_TAG) == names.resource_tag and not _is_of_import(job, tags, request, requested):
                return True
    return False


def _is_of_import(
    job: JobSummary, tags: Mapping[str, str], request: RefreshRequest, requested: RequestedImport
) -> bool:
    """Return whether a job is one of the import, whichever data it has imported."""
    fingerprints = (None, tags.get(DATA_FINGERPRINT_TAG))
    return any(
        names_of(request.properties._replace(data_fingerprint=each), requested.resource).includes(
            job.dataset_import_job_arn
        )
        for each in fingerprints
    )


def _whole_import(
    request: RefreshRequest, requested: RequestedImport, progress: Progress, jobs: DatasetJobs, last: _LastImport | None
) -> NextJob | Skipped:
    """Return the next attempt at the import, unless the files are those that were imported last."""
    properties, present = request.properties, progress.files_fingerprint
    if present is None and _compares_files(request):
        present = fingerprint_of(_files(request, requested))
    if last and jobs.has_rows_of(last.job) and not request.always and present == last.tags.get(DATA_FINGERPRINT_TAG):
        arn = last.job.dataset_import_job_arn
        if properties.followed_by and REFRESH_TAG in last.tags and repeats.next_repeat(requested, last.job):
            return NextJob(attempt_of(arn), present)
        return Skipped(f"the files are those of {arn.rpartition('/')[2]}")
    fingerprint = present if requested.compares_data else None
    names = names_of(properties._replace(data_fingerprint=fingerprint), requested.resource)
    recorded = progress.attempt if progress.attempt and not progress.file_digest else 0
    return NextJob(max(recorded, jobs.next_attempt(names)), present)


def _compares_files(request: RefreshRequest) -> bool:
    """Return whether the fingerprint of the files is needed, for the decision, the job's name or its tag."""
    properties = request.properties
    compares_data = properties.reimport is ReimportMode.WHEN_DATA_CHANGES
    if properties.import_mode is ImportMode.INCREMENTAL:
        return compares_data
    return compares_data or properties.tag_fingerprint or not request.always


def _next_file(
    request: RefreshRequest, requested: RequestedImport, progress: Progress, jobs: DatasetJobs, whole_import: JobSummary
) -> NextJob | Skipped:
    """Return the next attempt at the first file that has not been imported."""
    names = names_of(request.properties, requested.resource)
    files = jobs.new_files(_files(request, requested), names, whole_import)
    if not files:
        return Skipped(NO_NEW_FILES)
    name, digest = files[0].name, file_digest(names, files[0])
    location = location_of(request.properties.data_location, name)
    if len(location) > DATA_LOCATION_LENGTH_MAX:
        raise ImportFailedError(refresh_reasons.location_too_long(location, DATA_LOCATION_LENGTH_MAX))
    if any(events.FILE_NAME.check("name", name)):  # it could not be recorded
        raise ImportFailedError(refresh_reasons.file_name_not_allowed(name))
    recorded = progress.attempt if progress.attempt and progress.file_digest == digest else 0
    attempt = max(recorded, jobs.next_attempt(names._replace(digest=digest)))
    return NextJob(attempt, file_name=name, file_digest=digest)


def location_of(location: str, file_name: str) -> str:
    """Return the location of a file that `DataReader.list_objects` has returned for a location."""
    bucket, key = parse_location(location)
    return f"s3://{bucket}/{key[: key.rfind('/') + 1]}{file_name}"


def _files(request: RefreshRequest, requested: RequestedImport) -> Sequence[DataObject]:
    properties = request.properties
    return requested.services.data_reader(properties.role_arn).list_objects(properties.data_location)
