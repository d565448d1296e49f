"""What is seen of a stack's imports at one look: their states, decided from what AWS has told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from personalize_import_cli.stack.imports import AskedImport
from personalize_import_cli.stack.jobs import JOBS_AT_ONCE, Job, running, usual_seconds
from personalize_import_cli.stack.operations import Answer, Event
from personalize_import_cli.stack.words import unwrapped
from personalize_import_handler.aws.personalize import has_failed


class State(StrEnum):
    """How an import stands."""

    NOT_ASKED_FOR = "not asked for"
    STARTING = "starting"
    WAITING = "waiting"
    RUNNING = "running"
    IMPORTED = "imported"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    CANCELLED = "cancelled"


GOES_ON = frozenset({State.STARTING, State.WAITING, State.RUNNING})
FAILS = frozenset({State.FAILED, State.CANCELLED})


@dataclass(frozen=True, kw_only=True)
class Queue:
    """What an import waits for that has no job yet."""

    dataset_in_use_by: str | None = None
    """The job that imports into the same dataset."""
    jobs_running: int | None = None
    """How many jobs run in the account and Region."""
    position: int | None = None
    """By the time when CloudFormation asked for them, among the imports of this stack that wait for room."""
    waiting: int | None = None
    """How many imports of this stack wait for room."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One import, as it stands at this look."""

    name: str
    logical_id: str
    state: State
    rolls_back: bool = False
    job: Job | None = None
    dataset_arn: str | None = None
    data_location: str | None = None
    elapsed_seconds: float | None = None
    """How long the job has been running, or did; while there is none, how long ago it was asked for."""
    usual_seconds: float | None = None
    queue: Queue | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Sight:
    """A stack and its imports at one look."""

    stack_name: str
    stack_id: str
    stack_status: str
    begun_at: float | None
    imports: Sequence[Seen] = ()
    nested_stacks: Sequence[str] = ()
    first_failure: Event | None = None
    """What made the operation fail, which may be no import at all."""

    @property
    def stack_has_ended(self) -> bool:
        """Whether CloudFormation does nothing with the stack any more."""
        return has_ended(self.stack_status)

    @property
    def has_ended(self) -> bool:
        """Whether nothing goes on any more, in CloudFormation or in a job that was asked for."""
        return self.stack_has_ended and not any(seen.state in GOES_ON for seen in self.imports)

    @property
    def fails(self) -> bool:
        """Whether an import has failed, or was given up because something else had."""
        return any(seen.state in FAILS for seen in self.imports)


@dataclass(frozen=True, kw_only=True)
class Jobs:
    """What is known of jobs at a look, in the service's time."""

    now: float
    by_dataset: Mapping[str, Sequence[Job]] = field(default_factory=dict)
    running_in_account: int | None = None
    """None where nobody has to know."""

    def of(self, dataset_arn: str | None) -> Sequence[Job]:
        """Give the jobs of a dataset."""
        return self.by_dataset.get(dataset_arn or "", ())


def has_ended(stack_status: str) -> bool:
    """Say whether a status means that CloudFormation does nothing with the stack."""
    return not stack_status.endswith("_IN_PROGRESS")


def without_job(asked: Iterable[AskedImport], jobs: Mapping[str, Sequence[Job]]) -> list[AskedImport]:
    """Pick the imports that nothing has come of yet, in the order in which they were asked for."""
    found = [
        one
        for one in asked
        if one.answer is Answer.NONE and one.job_among(jobs.get(dataset_arn_of(one) or "", ())) is None
    ]
    return sorted(found, key=lambda one: one.first.asked_at)


def dataset_arn_of(asked: AskedImport) -> str | None:
    """Give the dataset to import into, where it is known."""
    return asked.properties.dataset_arn if asked.properties else None


def seen(asked: AskedImport, name: str, jobs: Jobs, waiting: Sequence[AskedImport], stack_now: float) -> Seen:
    """Judge an import that was asked for; `waiting` are those without a job, `stack_now` is CloudFormation's time."""
    of_dataset = jobs.of(dataset_arn_of(asked))
    job = asked.job_among(of_dataset)
    queue = _queue(asked, jobs, waiting) if asked in waiting else None
    state = _state(asked, job, queue)
    answered_at = None if asked.answer is Answer.NONE else asked.last.answered_at
    elapsed = job.seconds(jobs.now) if job else (answered_at or stack_now) - asked.first.asked_at
    reason = unwrapped(asked.last.reason) if asked.last.answer in (Answer.FAILED, Answer.CANCELLED) else ""
    return Seen(
        name=name,
        logical_id=asked.first.logical_id,
        state=state,
        rolls_back=asked.first.rolls_back,
        job=job,
        dataset_arn=dataset_arn_of(asked),
        data_location=asked.properties.data_location if asked.properties else None,
        elapsed_seconds=max(0.0, elapsed),
        usual_seconds=usual_seconds(each for each in of_dataset if each != job),
        queue=queue,
        reason=reason or (job.failure_reason if job and state is State.FAILED else ""),
    )


def _state(asked: AskedImport, job: Job | None, queue: Queue | None) -> State:
    if asked.answer is Answer.FAILED:
        return State.FAILED
    if asked.answer is Answer.CANCELLED:
        return State.CANCELLED
    if job is None:
        if asked.answer is Answer.COMPLETE:
            return State.IMPORTED
        return State.WAITING if queue else State.STARTING
    if has_failed(job.status):
        return State.FAILED
    if job.runs:
        return State.RUNNING
    return State.UNCHANGED if asked.found_done(job) else State.IMPORTED


def _queue(asked: AskedImport, jobs: Jobs, waiting: Sequence[AskedImport]) -> Queue | None:
    """Say what keeps an import from being started, as far as that can be known: None if nothing is seen that does."""
    if others := running(jobs.of(dataset_arn_of(asked))):
        return Queue(dataset_in_use_by=others[0].name)
    if jobs.running_in_account is None or jobs.running_in_account < JOBS_AT_ONCE:
        return None
    position = list(waiting).index(asked) + 1
    return Queue(jobs_running=jobs.running_in_account, position=position, waiting=len(waiting))
