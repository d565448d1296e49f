"""All state of the service, by account and Region, and the one lock around it."""

import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TypeVar

from personalize_local.personalize import messages
from personalize_local.personalize.clock import Clock
from personalize_local.personalize.errors import not_found
from personalize_local.personalize.faults import Switches
from personalize_local.personalize.importing.import_job import ImportJob, Outcome, advanced
from personalize_local.personalize.interfaces import Scope
from personalize_local.personalize.limits import Settings
from personalize_local.personalize.models import Dataset, DatasetGroup, Schema, Solution
from personalize_local.personalize.resource_status import ACTIVE

_Resource = TypeVar("_Resource")


@dataclass
class Resources:
    """What one account has in one Region, by ARN."""

    schemas: dict[str, Schema] = field(default_factory=dict)
    dataset_groups: dict[str, DatasetGroup] = field(default_factory=dict)
    datasets: dict[str, Dataset] = field(default_factory=dict)
    import_jobs: dict[str, ImportJob] = field(default_factory=dict)
    solutions: dict[str, Solution] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    most_jobs_at_once: int = 0

    def contents_of(self, dataset_group_arn: str) -> list[str]:
        """Return the ARNs of what is in a dataset group."""
        datasets = [arn for arn, dataset in self.datasets.items() if dataset.dataset_group_arn == dataset_group_arn]
        solutions = [arn for arn, solution in self.solutions.items() if solution.dataset_group_arn == dataset_group_arn]
        return datasets + solutions

    def running_jobs(self, dataset_arn: str | None = None) -> list[ImportJob]:
        """Return the jobs that are running, of one dataset or of all."""
        return [
            job
            for job in self.import_jobs.values()
            if job.is_running and (dataset_arn is None or job.dataset_arn == dataset_arn)
        ]


def existing(resources: Mapping[str, _Resource], arn: str) -> _Resource:
    """Return a resource by its ARN; raise ResourceNotFoundException if there is none."""
    if arn not in resources:
        raise not_found(messages.does_not_exist(arn))
    return resources[arn]


@dataclass(frozen=True)
class State:
    """Everything there is at one time, to be kept until another run."""

    now: float
    scopes: dict[Scope, Resources]


class Store:
    """The resources of every account and Region."""

    def __init__(self, clock: Clock, settings: Settings, switches: Switches) -> None:
        """Start empty."""
        self.clock = clock
        self.settings = settings
        self.switches = switches
        self.lock = threading.RLock()
        self._scopes: dict[Scope, Resources] = defaultdict(Resources)

    @contextmanager
    def opened(self, scope: Scope) -> Iterator[tuple[Resources, float]]:
        """Give exclusive access to a scope's resources as they are now, and the service's time.

        For decisions only: nothing that reads S3 or waits may happen inside.
        """
        with self.lock:
            now = self.clock.now()
            resources = self._scopes[scope]
            self._settle(resources, now)
            yield resources, now

    def scopes(self) -> list[Scope]:
        """Return the accounts and Regions that have been used."""
        with self.lock:
            return list(self._scopes)

    def settle_all(self) -> None:
        """Bring every scope up to now, so that what is ordered next can't reach into the past."""
        for scope in self.scopes():
            with self.opened(scope):
                pass

    def finish_reading(self, resources: Resources, job_arn: str, outcome: Outcome) -> None:
        """Note what came of reading a job's rows; takes the resources themselves, as a reset may have replaced them."""
        with self.lock:
            job = resources.import_jobs[job_arn]
            if job.is_running:
                resources.import_jobs[job_arn] = replace(job, outcome=outcome)

    def forget_all(self) -> None:
        """Start empty again."""
        with self.lock:
            self._scopes.clear()

    def state(self) -> State:
        """Return all that is kept, in a copy that goes on unchanged."""
        with self.lock:
            self.settle_all()
            return State(self.clock.now(), {scope: _copied(held) for scope, held in self._scopes.items()})

    def restore(self, state: State) -> None:
        """Go on where another run stopped: in its time, and without the readers of its running jobs."""
        with self.lock:
            self.clock.catch_up(state.now)
            self._scopes.clear()
            self._scopes.update({scope: _copied(held) for scope, held in state.scopes.items()})
            for resources in self._scopes.values():
                for job in resources.running_jobs():
                    lost = Outcome(state.now, failure_reason=messages.import_broke(messages.SERVICE_STOPPED))
                    resources.import_jobs[job.arn] = replace(job, outcome=job.outcome or lost)

    def _settle(self, resources: Resources, now: float) -> None:
        _drop_deleted(resources, now)
        ended = []
        for job in resources.running_jobs():
            later = advanced(job, now, self.switches)
            resources.import_jobs[job.arn] = later
            if not later.is_running:
                ended.append(later)
        for job in sorted(ended, key=lambda job: job.last_updated_at):
            _close(resources, job)


def _copied(resources: Resources) -> Resources:
    tags = {arn: dict(tags) for arn, tags in resources.tags.items()}
    return replace(
        resources,
        schemas=dict(resources.schemas),
        dataset_groups=dict(resources.dataset_groups),
        datasets=dict(resources.datasets),
        import_jobs=dict(resources.import_jobs),
        solutions=dict(resources.solutions),
        tags=tags,
    )


def _drop_deleted(resources: Resources, now: float) -> None:
    kinds: tuple[dict[str, DatasetGroup] | dict[str, Dataset] | dict[str, Solution], ...] = (
        resources.dataset_groups,
        resources.datasets,
        resources.solutions,
    )
    for kind in kinds:
        for arn in [arn for arn, resource in kind.items() if resource.life.is_gone(now)]:
            del kind[arn]
            resources.tags.pop(arn, None)


def _close(resources: Resources, job: ImportJob) -> None:
    """Put an ended job's records into its dataset, all at once, if it succeeded; then let go of them."""
    records = job.outcome.records if job.outcome else None
    dataset = resources.datasets.get(job.dataset_arn)
    if job.status == ACTIVE and records is not None and dataset is not None:
        if job.import_mode == "INCREMENTAL":
            records = dataset.records.followed_by(records)
        resources.datasets[dataset.arn] = replace(dataset, records=records, has_bulk_data=True)
    resources.import_jobs[job.arn] = replace(job, outcome=None)
