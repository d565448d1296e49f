"""A fake Amazon Personalize in memory, with a clock that only tests advance."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from personalize_import_handler.aws.personalize import DatasetImportJob, DatasetSchema, JobSummary
from personalize_import_handler.contract import TAG_KEY_PREFIX, ImportMode
from personalize_import_handler.contract.import_properties import ImportProperties
from personalize_import_handler.errors import BusyError, NameTakenError, RefusedError

REGION = "eu-west-1"
ACCOUNT = "123456789012"
DATASET_ARN = f"arn:aws:personalize:{REGION}:{ACCOUNT}:dataset/shop/INTERACTIONS"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/import"
RUNNING_MAX = 5
SCHEMA = """{"type": "record", "name": "Interactions", "fields": [{"name": "USER_ID", "type": "string"},
{"name": "ITEM_ID", "type": "string"}, {"name": "TIMESTAMP", "type": "long"}], "version": "1.0"}"""


def job_arn(job_name: str) -> str:
    return f"arn:aws:personalize:{REGION}:{ACCOUNT}:dataset-import-job/{job_name}"


def job_summary(
    dataset_import_job_arn: str,
    created_at: float,
    status: str = "ACTIVE",
    import_mode: ImportMode = ImportMode.FULL,
    seconds: float = 0,
) -> JobSummary:
    """Return a listed job that has taken, or been running for, this many seconds."""
    return JobSummary(
        dataset_import_job_arn=dataset_import_job_arn,
        status=status,
        import_mode=import_mode,
        creation_date_time=created_at,
        last_updated_date_time=created_at + seconds,
    )


@dataclass
class Clock:
    """A clock in epoch seconds that only tests advance."""

    now: float = 1_700_000_000.0

    def advance(self, seconds: float) -> None:
        assert seconds >= 0
        self.now += seconds


@dataclass(frozen=True, kw_only=True)
class JobBehavior:
    """The statuses of a job over time: pending, in progress, and the final one."""

    pending_seconds: float = 40
    seconds: float = 300
    end: str = "ACTIVE"
    failure_reason: str | None = None

    def status(self, age: float) -> str:
        if age >= self.seconds:
            return self.end
        return "CREATE PENDING" if age < self.pending_seconds else "CREATE IN_PROGRESS"


@dataclass(frozen=True)
class Job:
    """An accepted job."""

    name: str
    properties: ImportProperties
    job_behavior: JobBehavior
    created_at: float
    files: tuple[str, ...] = ()
    """The files that the job reads when it starts: location and ETag of each."""

    @property
    def arn(self) -> str:
        return job_arn(self.name)


@dataclass(frozen=True)
class Fault:
    """An error that a call raises, before or after its effect."""

    error: BaseException
    after_effect: bool = False


@dataclass
class FakePersonalize:
    """Implements the protocol in `personalize.py`, and records all calls."""

    clock: Clock
    jobs: dict[str, Job] = field(default_factory=dict)
    datasets: dict[str, float] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    schema: str = SCHEMA
    """The schema of every dataset."""
    calls: list[tuple[str, str]] = field(default_factory=list)
    job_behavior: JobBehavior = field(default_factory=JobBehavior)
    """Behavior of all jobs that are created from now on."""
    max_running: int = 0
    files_at: Callable[[str], tuple[str, ...]] = lambda _: ()
    """Returns the files at a location, which a job reads when it starts."""
    _names_taken: set[str] = field(default_factory=set)
    _faults: dict[str, list[Fault]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.datasets.setdefault(DATASET_ARN, self.clock.now - 3600)

    # Called by tests.

    def fail_next(self, operation: str, error: BaseException, *, times: int = 1, after_effect: bool = False) -> None:
        """Raise an error in the next calls of an operation (a method's name), before or after their effect."""
        self._faults.setdefault(operation, []).extend([Fault(error, after_effect)] * times)

    def clear_faults(self) -> None:
        """Remove all faults that haven't been raised yet."""
        self._faults.clear()

    def recreate_dataset(self, dataset_arn: str = DATASET_ARN) -> None:
        """Delete and create a dataset again: same ARN, no data; its earlier jobs can still be described."""
        self.datasets[dataset_arn] = self.clock.now

    def delete_dataset(self, dataset_arn: str = DATASET_ARN) -> None:
        """Delete a dataset and its jobs, whose names stay in use."""
        del self.datasets[dataset_arn]
        self.jobs = {name: job for name, job in self.jobs.items() if job.properties.dataset_arn != dataset_arn}

    def import_elsewhere(
        self, job_name: str, properties: ImportProperties, tags: Mapping[str, str] | None = None
    ) -> str:
        """Start a job that belongs to no stack."""
        return self._accept(job_name, properties, tags or {})

    def tags_of(self, arn: str) -> dict[str, str]:
        """Return the tags of a job without the ones that the handler adds."""
        return {key: value for key, value in self.tags[arn].items() if not key.startswith(TAG_KEY_PREFIX)}

    def calls_of(self, operation: str) -> list[str]:
        """Return the argument of each call of an operation."""
        return [argument for name, argument in self.calls if name == operation]

    def imported(self, dataset_arn: str = DATASET_ARN) -> list[str]:
        """Return the locations whose data is in a dataset."""
        return [job.properties.data_location for job in self._held(dataset_arn)]

    def rows(self, dataset_arn: str = DATASET_ARN) -> list[str]:
        """Return the files that are in a dataset, each as often as it was imported: location and ETag."""
        return [file for job in self._held(dataset_arn) for file in job.files]

    def _held(self, dataset_arn: str) -> list[Job]:
        """Return the jobs whose data is in a dataset."""
        done = [job for job in self._jobs_of(dataset_arn) if self._status(job) == "ACTIVE"]
        held: list[Job] = []
        for job in sorted(done, key=lambda job: job.created_at + job.job_behavior.seconds):
            if job.created_at >= self.datasets[dataset_arn]:
                kept = held if job.properties.import_mode is ImportMode.INCREMENTAL else []
                held = [*kept, job]
        return held

    # Called by the handler.

    def now(self) -> float:
        return self.clock.now

    def describe_dataset_import_job(self, dataset_import_job_arn: str) -> DatasetImportJob | None:
        fault = self._called("describe_dataset_import_job", dataset_import_job_arn)
        if ":dataset-import-job/" not in dataset_import_job_arn:
            message = f"The given ARN is not valid: {dataset_import_job_arn}"
            raise RefusedError("DescribeDatasetImportJob", "InvalidInputException", message)
        job = self.jobs.get(dataset_import_job_arn.rpartition("/")[2])
        _raise(fault)
        return self._description(job) if job and job.arn == dataset_import_job_arn else None

    def create_dataset_import_job(self, job_name: str, properties: ImportProperties, tags: Mapping[str, str]) -> str:
        operation, code = "CreateDatasetImportJob", "ResourceNotFoundException"
        fault = self._called("create_dataset_import_job", job_name)
        if properties.dataset_arn not in self.datasets:
            raise RefusedError(operation, code, f"Resource Arn {properties.dataset_arn} does not exist.")
        if job_name in self._names_taken:
            message = f"Another resource with Arn {job_arn(job_name)} already exists."
            raise NameTakenError(operation, "ResourceAlreadyExistsException", message)
        if self._running() >= RUNNING_MAX:
            message = "More than 5 resources with PENDING or IN_PROGRESS status."
            raise BusyError(operation, "LimitExceededException", message)
        arn = self._accept(job_name, properties, tags)
        _raise(fault)
        return arn

    def list_dataset_import_jobs(self, dataset_arn: str) -> Sequence[JobSummary]:
        fault = self._called("list_dataset_import_jobs", dataset_arn)
        _raise(fault)
        return [self._description(job) for job in self._jobs_of(dataset_arn)]

    def dataset_created_at(self, dataset_arn: str) -> float | None:
        fault = self._called("dataset_created_at", dataset_arn)
        _raise(fault)
        return self.datasets.get(dataset_arn)

    def schema_of(self, dataset_arn: str) -> DatasetSchema | None:
        _raise(self._called("schema_of", dataset_arn))
        return DatasetSchema(self.schema, None) if dataset_arn in self.datasets else None

    def list_tags(self, resource_arn: str) -> Mapping[str, str]:
        fault = self._called("list_tags", resource_arn)
        if resource_arn not in [job.arn for job in self.jobs.values()]:
            message = f"Resource Arn {resource_arn} does not exist."
            raise RefusedError("ListTagsForResource", "ResourceNotFoundException", message)
        _raise(fault)
        return dict(self.tags[resource_arn])

    def tag_resource(self, resource_arn: str, tags: Mapping[str, str]) -> None:
        fault = self._called("tag_resource", resource_arn)
        self.tags[resource_arn].update(tags)
        _raise(fault)

    def untag_resource(self, resource_arn: str, keys: Iterable[str]) -> None:
        fault = self._called("untag_resource", resource_arn)
        for key in keys:
            del self.tags[resource_arn][key]
        _raise(fault)

    def _called(self, operation: str, argument: str) -> Fault | None:
        self.calls.append((operation, argument))
        faults = self._faults.get(operation)
        fault = faults.pop(0) if faults else None
        if fault and not fault.after_effect:
            raise fault.error
        return fault

    def _accept(self, job_name: str, properties: ImportProperties, tags: Mapping[str, str]) -> str:
        files = self.files_at(properties.data_location)
        job = Job(job_name, properties, self.job_behavior, self.clock.now, files)
        self.jobs[job_name] = job
        self._names_taken.add(job_name)
        self.tags[job.arn] = dict(tags)
        self.max_running = max(self.max_running, self._running())
        return job.arn

    def _running(self) -> int:
        return sum(self.clock.now - job.created_at < job.job_behavior.seconds for job in self.jobs.values())

    def _jobs_of(self, dataset_arn: str) -> list[Job]:
        return [job for job in self.jobs.values() if job.properties.dataset_arn == dataset_arn]

    def _status(self, job: Job) -> str:
        return job.job_behavior.status(self.clock.now - job.created_at)

    def _description(self, job: Job) -> DatasetImportJob:
        ended = self.clock.now - job.created_at >= job.job_behavior.seconds
        return DatasetImportJob(
            dataset_import_job_arn=job.arn,
            status=self._status(job),
            import_mode=job.properties.import_mode,
            creation_date_time=job.created_at,
            job_name=job.name,
            dataset_arn=job.properties.dataset_arn,
            data_location=job.properties.data_location,
            role_arn=job.properties.role_arn,
            publish_attribution_metrics_to_s3=job.properties.publish_attribution_metrics_to_s3,
            last_updated_date_time=min(self.clock.now, job.created_at + job.job_behavior.seconds),
            failure_reason=job.job_behavior.failure_reason if ended else None,
        )


def _raise(fault: Fault | None) -> None:
    if fault:
        raise fault.error
