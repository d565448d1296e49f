"""The state of the service, by account and Region, and the lock around it."""

import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

from personalize_local.personalize import messages
from personalize_local.personalize.clock import Clock
from personalize_local.personalize.errors import not_found
from personalize_local.personalize.faults import FaultInjector
from personalize_local.personalize.importing.import_job import ImportJob, ReadResult, updated
from personalize_local.personalize.interfaces import AccountRegion
from personalize_local.personalize.journal import Change, Journal
from personalize_local.personalize.limits import Settings
from personalize_local.personalize.models import Dataset, DatasetGroup, GenericResource, StoredSchema
from personalize_local.personalize.resource_status import ACTIVE

_Resource = TypeVar("_Resource")


@dataclass
class Resources:
    """The resources of one account and Region, by ARN."""

    schemas: dict[str, StoredSchema] = field(default_factory=dict)
    dataset_groups: dict[str, DatasetGroup] = field(default_factory=dict)
    datasets: dict[str, Dataset] = field(default_factory=dict)
    import_jobs: dict[str, ImportJob] = field(default_factory=dict)
    generic: dict[str, GenericResource] = field(default_factory=dict)
    """The resources of all other kinds, such as solutions and event trackers."""
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    most_jobs_at_once: int = 0

    def generic_of(self, kind: str) -> dict[str, GenericResource]:
        """Return the generic resources of a kind, such as `EventTracker`, by ARN."""
        return {arn: resource for arn, resource in self.generic.items() if resource.kind == kind}

    def event_tracker(self, tracking_id: str) -> GenericResource | None:
        """Return the event tracker with a tracking id, or None."""
        trackers = self.generic_of("EventTracker").values()
        return next((tracker for tracker in trackers if tracker.members["trackingId"] == tracking_id), None)

    def snapshot(self) -> dict[str, Any]:
        """Return the values of all fields; values within a field are replaced, never changed."""
        return {each.name: _copied(getattr(self, each.name)) for each in fields(self)}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Undo all changes since a snapshot."""
        for name, value in snapshot.items():
            setattr(self, name, value)

    def changes_since(self, snapshot: Mapping[str, Any]) -> list[Change]:
        """Return what has changed since a snapshot."""
        return [change for name, before in snapshot.items() for change in _changes(name, before, getattr(self, name))]

    def running_jobs(self, dataset_arn: str | None = None) -> list[ImportJob]:
        """Return the running jobs of a dataset; of all datasets by default."""
        return [
            job
            for job in self.import_jobs.values()
            if job.is_running and (dataset_arn is None or job.dataset_arn == dataset_arn)
        ]


def _copied(value: object) -> object:
    return dict(value) if isinstance(value, dict) else value


def _changes(kind: str, before: object, after: object) -> Iterator[Change]:
    if not (isinstance(before, dict) and isinstance(after, dict)):
        before, after = {"": before}, {"": after}
    for key, value in after.items():
        if before.get(key) is not value:
            yield Change(kind, key, before.get(key), value)
    for key in before.keys() - after.keys():
        yield Change(kind, key, before[key], None)


def existing(resources: Mapping[str, _Resource], arn: str) -> _Resource:
    """Return a resource by its ARN; raise ResourceNotFoundException if it doesn't exist."""
    if arn not in resources:
        raise not_found(messages.does_not_exist(arn))
    return resources[arn]


@dataclass(frozen=True)
class SavedState:
    """All resources at one time, for a later run."""

    now: float
    by_account_region: dict[AccountRegion, Resources]


class Store:
    """The resources of every account and Region."""

    def __init__(self, clock: Clock, settings: Settings, fault_injector: FaultInjector) -> None:
        """Start empty; changes are saved once `restore` has set a journal."""
        self.clock = clock
        self.settings = settings
        self.fault_injector = fault_injector
        self.lock = threading.RLock()
        self._resources: dict[AccountRegion, Resources] = defaultdict(Resources)
        self._journal: Journal | None = None

    @contextmanager
    def locked(self, at: AccountRegion) -> Iterator[tuple[Resources, float]]:
        """Lock and update the resources of an account and Region; yield them and the simulated time.

        The changes within the block are saved at its end. If the block fails, or they can't be saved, they are undone.
        Nothing within the block may read S3 or wait.
        """
        with self.lock:
            now = self.clock.now()
            resources = self._resources[at]
            with self._saving(at, resources, now):
                self._update(resources, now)
            with self._saving(at, resources, now):
                yield resources, now
            if self._journal:
                self._journal.save_time(now)

    @contextmanager
    def _saving(self, at: AccountRegion, resources: Resources, now: float) -> Iterator[None]:
        before = resources.snapshot()
        try:
            yield
            if self._journal and (changes := resources.changes_since(before)):
                self._journal.save(at, now, changes)
        except BaseException:
            resources.restore(before)
            raise

    def account_regions(self) -> list[AccountRegion]:
        """Return the accounts and Regions that have been used."""
        with self.lock:
            return list(self._resources)

    def update_all(self) -> None:
        """Update all resources to the current time, so that a later fault doesn't change the past."""
        for at in self.account_regions():
            with self.locked(at):
                pass

    def set_read_result(self, resources: Resources, job_arn: str, result: ReadResult) -> None:
        """Store the result of reading a job's rows; `resources` may predate a reset."""
        with self.lock:
            job = resources.import_jobs[job_arn]
            if job.is_running:
                resources.import_jobs[job_arn] = replace(job, read_result=result)

    def clear(self) -> None:
        """Delete all resources."""
        with self.lock:
            if self._journal:
                self._journal.clear()
            self._resources.clear()

    def restore(self, saved: SavedState, journal: Journal | None = None) -> None:
        """Continue from the time and resources of an earlier run, and save changes from now on."""
        with self.lock:
            self.clock.advance_to(saved.now)
            self._resources.clear()
            self._resources.update(saved.by_account_region)
            self._journal = journal

    def _update(self, resources: Resources, now: float) -> None:
        _remove_deleted(resources, now)
        ended = []
        for job in resources.running_jobs():
            forced_end, is_held = (
                self.fault_injector.forced_end(job.job_name),
                self.fault_injector.is_held(job.job_name),
            )
            later = updated(job, now, forced_end=forced_end, is_held=is_held)
            resources.import_jobs[job.arn] = later
            if not later.is_running:
                ended.append(later)
        for job in sorted(ended, key=lambda job: job.last_updated_at):
            _finish(resources, job)


def _remove_deleted(resources: Resources, now: float) -> None:
    kinds: tuple[dict[str, DatasetGroup] | dict[str, Dataset] | dict[str, GenericResource], ...] = (
        resources.dataset_groups,
        resources.datasets,
        resources.generic,
    )
    for kind in kinds:
        for arn in [arn for arn, resource in kind.items() if resource.life.is_gone(now)]:
            del kind[arn]
            resources.tags.pop(arn, None)
    # A solution is deleted with its versions.
    for arn, version in resources.generic_of("SolutionVersion").items():
        if version.members["solutionArn"] not in resources.generic:
            del resources.generic[arn]
            resources.tags.pop(arn, None)


def _finish(resources: Resources, job: ImportJob) -> None:
    """Move a successful job's records to its dataset, all at once, and release the job's records."""
    records = job.read_result.records if job.read_result else None
    dataset = resources.datasets.get(job.dataset_arn)
    if job.status == ACTIVE and records is not None and dataset is not None:
        # The newest record with an id is kept, be it of an import or not.
        recorded = dataset.recorded.without_ids_of(records)
        if job.import_mode == "INCREMENTAL":
            records = dataset.records.merged_with(records)
        resources.datasets[dataset.arn] = replace(dataset, records=records, recorded=recorded, has_bulk_data=True)
    resources.import_jobs[job.arn] = replace(job, read_result=None)
