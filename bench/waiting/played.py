"""Waiting, played: the handler's own code around a clock that is moved by hand, and the others' fixed intervals.

A deploy takes as long as its job, so that few can be measured; this plays one for every second at which a job may end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bench.waiting.contenders import CRHELPER_1, CRHELPER_2, OURS, PROVIDER_5, PROVIDER_30, Contender
from personalize_import_handler.functions import Functions
from tests.handler.support.account import Account
from tests.handler.support.fakes import Course
from tests.handler.support.properties import properties
from tests.handler.support.relay import Relay

TYPICAL: Final = range(4 * 60, 17 * 60 + 1, 11)
"""Seconds at which imports are known to end: four to seventeen minutes. Eleven is prime to all intervals."""
LONG: Final = range(3 * 3600 - 300, 3 * 3600 + 301, 50)
"""Seconds around three hours."""
_RESOURCE_SECONDS_MAX: Final = 55 * 60
_EVERY: Final[Mapping[Contender, tuple[float, bool]]] = {
    PROVIDER_5: (5, False),
    PROVIDER_30: (30, False),
    CRHELPER_1: (60, True),
    CRHELPER_2: (120, True),
}
"""The seconds between looks, and whether these begin at fixed times, as by a rule, or after the look before."""


@dataclass(frozen=True)
class Played:
    """One import."""

    lag: float
    describes: int


@dataclass
class _TakingTime:
    """Functions that take a while."""

    account: Account
    functions: Functions
    seconds: float

    def on_event(self, event: Any, context: object) -> None:  # noqa: ANN401 - untyped
        self.functions.on_event(event, context)

    def is_complete(self, event: Any, context: object) -> Any:  # noqa: ANN401 - untyped
        self.account.clock.advance(self.seconds)
        return self.functions.is_complete(event, context)


def play(contender: Contender, job_seconds: float, look_seconds: float) -> Played:
    """Play one import.

    Args:
        contender: Who waits.
        job_seconds: When the job ends, from its creation on.
        look_seconds: How long one look takes, from its invocation to its end.
    """
    if contender is OURS:
        return _play_ours(job_seconds, look_seconds)
    return _play_interval(*_EVERY[contender], job_seconds, look_seconds)


def play_all(contender: Contender, jobs: Sequence[float], look_seconds: float) -> list[Played]:
    """Play imports, one after the other."""
    return [play(contender, job_seconds, look_seconds) for job_seconds in jobs]


def _play_ours(job_seconds: float, look_seconds: float) -> Played:
    account = Account()
    account.functions = _TakingTime(account, account.functions, look_seconds)  # type: ignore[assignment]
    account.personalize.course = Course(seconds=job_seconds)
    legs = 1 + int(job_seconds // _RESOURCE_SECONDS_MAX)
    *_, answer = Relay(account, legs, leg_seconds=_RESOURCE_SECONDS_MAX).create(properties())
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
