"""Simulation of waiting: the real handler with a fake clock, and fixed polling intervals for the other contenders.

A deployment takes as long as its job, so only a few can be measured; the simulation covers many job durations.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bench.waiting.contenders import CRHELPER_1, CRHELPER_2, OURS, PROVIDER_5, PROVIDER_30, Contender
from personalize_import_handler.functions import Functions
from tests.handler.support.account import Account
from tests.handler.support.fakes import Course
from tests.handler.support.properties import properties
from tests.handler.support.wait_chain import WaitChain

TYPICAL: Final = range(4 * 60, 17 * 60 + 1, 11)
"""Job durations in seconds: four to seventeen minutes, as observed. The step, 11, is coprime to all intervals."""
LONG: Final = range(3 * 3600 - 300, 3 * 3600 + 301, 50)
"""Job durations in seconds, around three hours."""
_RESOURCE_SECONDS_MAX: Final = 55 * 60
_EVERY: Final[Mapping[Contender, tuple[float, bool]]] = {
    PROVIDER_5: (5, False),
    PROVIDER_30: (30, False),
    CRHELPER_1: (60, True),
    CRHELPER_2: (120, True),
}
"""Seconds between polls, and whether polls start at fixed times (a rule), rather than after the previous poll."""


@dataclass(frozen=True)
class Played:
    """The figures of one simulated import."""

    lag: float
    describes: int


@dataclass
class _TakingTime:
    """The handler's functions, with a duration for each poll."""

    account: Account
    functions: Functions
    seconds: float

    def on_event(self, event: Any, context: object) -> None:  # noqa: ANN401 - untyped
        self.functions.on_event(event, context)

    def is_complete(self, event: Any, context: object) -> Any:  # noqa: ANN401 - untyped
        self.account.clock.advance(self.seconds)
        return self.functions.is_complete(event, context)


def play(contender: Contender, job_seconds: float, look_seconds: float) -> Played:
    """Simulate one import.

    Args:
        contender: The contender.
        job_seconds: The duration of the job, from its creation.
        look_seconds: The duration of one poll, from its invocation to its end.
    """
    if contender is OURS:
        return _play_ours(job_seconds, look_seconds)
    return _play_interval(*_EVERY[contender], job_seconds, look_seconds)


def play_all(contender: Contender, jobs: Sequence[float], look_seconds: float) -> list[Played]:
    """Simulate imports, one after the other."""
    return [play(contender, job_seconds, look_seconds) for job_seconds in jobs]


def _play_ours(job_seconds: float, look_seconds: float) -> Played:
    account = Account()
    account.functions = _TakingTime(account, account.functions, look_seconds)  # type: ignore[assignment]
    account.personalize.course = Course(seconds=job_seconds)
    legs = 1 + int(job_seconds // _RESOURCE_SECONDS_MAX)
    *_, answer = WaitChain(account, legs, timeout_seconds=_RESOURCE_SECONDS_MAX).create(properties())
    (job,) = account.personalize.jobs.values()
    describes = [operation for operation, _ in account.personalize.calls if operation == "describe_dataset_import_job"]
    return Played(answer.answered_at - job.created_at - job_seconds, len(describes))


def _play_interval(seconds: float, at_fixed_times: bool, job_seconds: float, look_seconds: float) -> Played:  # noqa: FBT001
    begun, looks = seconds if at_fixed_times else 0.0, 0
    while True:
        looks += 1
        looked_at = begun + look_seconds
        if looked_at >= job_seconds:
            return Played(looked_at - job_seconds, looks)
        begun = (begun if at_fixed_times else looked_at) + seconds
