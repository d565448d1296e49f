"""The goals for waiting, with the figures reached."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from bench.tables import Goal
from bench.waiting.contenders import OURS, PROVIDER_5, Contender
from bench.waiting.figures import mean
from bench.waiting.measuring import LONG_SECONDS, LONG_SPEED, MANY, Deployed, Measured
from bench.waiting.queue_simulation import QueueFigures
from bench.waiting.simulation import Simulated
from personalize_import_handler.request.execution import LIST_EXECUTIONS

FIRST_LAG_MAX: Final = 5
REPEATED_LAG_MAX: Final = 2.5
_FIRST_CALLS_MAX: Final = 40
_REPEATED_CALLS_MAX: Final = 30
_LONG_REPEATED_LAG_MAX: Final = 15
_CALLS_SHARE_MAX: Final = 1 / 3
_LONG_LAG_SHARE_MAX: Final = 0.01
_LONG_CALLS_MAX: Final = 250
_OCCUPIED_MIN: Final = 0.95
_RATE_MAX: Final = 0.5
_WAIT_MAX: Final = 1.3


def goals_of(measured: Measured) -> Iterator[Goal]:
    """Yield the goals with this construct's figures; the slow measurements only if they were made."""
    ours, others = (measured.simulated[each] for each in (OURS, PROVIDER_5))
    deployed = _of(measured.typical, OURS)
    calls = _calls(ours) / _calls(others)
    first = f"{_lag(ours):.1f} s with {_calls(ours):.0f} simulated"
    yield Goal(
        f"first import, 4 to 17 minutes: mean lag of at most {FIRST_LAG_MAX} s with {_FIRST_CALLS_MAX} Describe calls",
        f"{first}, {mean(lags(deployed)):.1f} s with {_describes(deployed):.0f} deployed",
        _lag(ours) <= FIRST_LAG_MAX and _calls(ours) <= _FIRST_CALLS_MAX,
    )
    repeated = measured.repeated
    yield Goal(
        f"repeated import, 4 to 17 minutes: mean lag of at most {REPEATED_LAG_MAX} s with {_REPEATED_CALLS_MAX} calls",
        f"{_lag(repeated):.1f} s with {_calls(repeated):.0f} simulated",
        _lag(repeated) <= REPEATED_LAG_MAX and _calls(repeated) <= _REPEATED_CALLS_MAX,
    )
    long_lag = _lag(measured.long_repeated)
    yield Goal(
        f"repeated import, 3 hours: mean lag of at most {_LONG_REPEATED_LAG_MAX} s",
        f"{long_lag:.0f} s with {_calls(measured.long_repeated):.0f} calls simulated",
        long_lag <= _LONG_REPEATED_LAG_MAX,
    )
    share = _describes(deployed) / _describes(_of(measured.typical, PROVIDER_5))
    yield Goal(
        "a third of the Describe calls of the `Provider` at 5 s, or less, simulated",
        f"{calls:.0%} simulated, {share:.0%} deployed",
        calls <= _CALLS_SHARE_MAX,
    )
    yield Goal("no Lambda error", str(deployed.used.errors), not deployed.used.errors)
    yield from _goals_of_queues(measured.queues)
    if measured.long:
        yield from _goals_of_many(measured)


def _goals_of_queues(queues: Sequence[QueueFigures]) -> Iterator[Goal]:
    for each in queues:
        yield Goal(
            f"{each.imports} imports: at least {_OCCUPIED_MIN:.0%} of the five slots in use, simulated",
            f"{each.occupied:.1%}",
            each.occupied >= _OCCUPIED_MIN,
        )
        rates = {operation: rate for operation, rate in each.rates.items() if operation != LIST_EXECUTIONS}
        place = "each poll of a queued import lists the executions once, to find its place"
        for what, rate, bound in (
            ("each operation of Personalize", max(rates.values()), ""),
            (LIST_EXECUTIONS, each.rates[LIST_EXECUTIONS], place),
        ):
            yield Goal(
                f"{each.imports} imports: at most {_RATE_MAX} requests per second of {what}, simulated",
                f"{rate:.2f}",
                rate <= _RATE_MAX,
                bound,
            )
        yield Goal(
            f"{each.imports} imports: none waits more than {_WAIT_MAX} times as long as in order of arrival, simulated",
            f"{each.longest_wait:.2f}",
            each.longest_wait <= _WAIT_MAX,
        )
        yield Goal(
            f"{each.imports} imports: none fails before its timeout, simulated", str(each.timed_out), not each.timed_out
        )


def _goals_of_many(measured: Measured) -> Iterator[Goal]:
    deployed = _of(measured.long, OURS)
    (long,) = deployed.waited
    poll = deployed.used.poll_seconds
    share = (long.lag if long.lag is not None else LONG_SECONDS) / long.job_seconds
    simulated, calls = (
        _lag(measured.long_simulated) / LONG_SECONDS,
        _calls(measured.long_simulated),
    )
    yield Goal(
        "first import, 3 hours: a lag of at most 1 %",
        f"{simulated:.1%} simulated, {share:.1%} deployed",
        max(simulated, share) <= _LONG_LAG_SHARE_MAX,
        f"a deployed poll takes {poll:.2f} s, which are {poll * LONG_SPEED:.0f} s on this clock",
    )
    yield Goal(
        f"first import, 3 hours: at most {_LONG_CALLS_MAX} Describe calls",
        f"{calls:.0f} simulated, {long.describes} deployed",
        max(calls, long.describes) <= _LONG_CALLS_MAX,
    )
    throttled = sum(each.throttled for each in _of(measured.many, OURS).waited)
    yield Goal(f"{MANY} imports at once: no throttled call", str(throttled), not throttled)


def _of(rows: Iterable[Deployed], contender: Contender) -> Deployed:
    return next(each for each in rows if each.contender is contender)


def lags(each: Deployed) -> list[float]:
    """Return the lags of the imports whose resource was created."""
    return [one.lag for one in each.waited if one.lag is not None]


def _lag(simulated: Sequence[Simulated]) -> float:
    return mean(each.lag for each in simulated)


def _calls(simulated: Sequence[Simulated]) -> float:
    return mean(each.describes for each in simulated)


def _describes(each: Deployed) -> float:
    return mean(one.describes for one in each.waited)
