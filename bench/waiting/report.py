"""The tables of the measurements of waiting, and of the goals."""

from collections.abc import Sequence
from typing import Final

from bench import prices
from bench.tables import goals_table, table
from bench.waiting.contenders import OURS
from bench.waiting.figures import densest, mean, p95
from bench.waiting.goals import goals_of, lags
from bench.waiting.measuring import LONG_SECONDS, LONG_SPEED, MANY, Deployed, Measured
from bench.waiting.simulation import SPREAD, Simulated
from personalize_local.personalize.limits import Settings

PLOT: Final = "benchmarks-waiting.svg"
_INTRODUCTION: Final = f"""The time from the end of an import to the end of the deploy, and the cost of detecting it.
All contenders are deployed to the local AWS in the same run, with jobs of the same durations, on the same accelerated
clock. The `Provider` is the CDK's
[framework](https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.custom_resources-readme.html) as published,
with two small functions; crhelper polls with
[EventBridge rules](https://github.com/aws-cloudformation/custom-resource-helper) that it creates; both poll a job
with the same code. Costs are list prices of {prices.DATE} in {prices.REGION}, without free tiers.

![Lag against Describe calls]({PLOT})
"""
_SIMULATED: Final = f"""Few jobs can be deployed during a benchmark, and a job ends at a random moment of an interval.
So the same is simulated without a deploy: this construct by the polling schedule of its handler, the others by their
intervals. Polls take the real time measured above. One job for each eleventh second from 4 to 17 minutes. A repeated
import takes as long as the earlier one of its dataset, plus or minus {SPREAD:.0%} at most; only this construct uses
that. The curves in the plot are the least mean lags that polls can reach for each number of calls, if a job ends at
each moment of that time with equal likelihood.
"""
_LONG: Final = f"""A job of three hours, deployed with a clock {LONG_SPEED:.0f} times as fast, which turns a poll of a
tenth of a second into {LONG_SPEED / 10:.0f} seconds; and simulated, with polls in real time. The `Provider` waits
at most an hour, as does CloudFormation for any custom resource: neither the `Provider` nor crhelper can wait for such
a job.
"""
_TOGETHER_SECONDS: Final = 5
_BURST: Final = Settings().request_burst
_MANY: Final = f"""{MANY} stacks at once, deployed. The service allows one request per second for each operation,
after a burst of {_BURST}, and runs five jobs at once.
"""
_JUDGED: Final = """Simulated figures contain neither chance nor polls stretched by the clock. Goals with a simulated
figure are judged by it, and those for 3 hours by both.
"""


def write(measured: Measured) -> str:
    """Return the text of the part."""
    parts = [_INTRODUCTION, _deployed(measured.typical)]
    parts += [_SIMULATED, _simulated(measured)]
    if measured.many:
        parts += [_MANY, _many(measured.many), _LONG, _long(measured)]
    return "\n".join([*parts, _JUDGED, goals_table(goals_of(measured))])


def _deployed(rows: Sequence[Deployed]) -> str:
    times = ", ".join(f"{each.job_seconds / 60:.1f}".removesuffix(".0") for each in rows[0].waited)
    speed = rows[0].speed
    introduction = f"Deployed: jobs of {times} minutes, {speed:.0f} times as fast. For one import, on average:\n\n"
    head = (
        *("contender", "lag mean s", "p95 s", "Describe calls", "invocations", "GB-s", "transitions", "Lambda errors"),
        "US$",
    )
    cells = [
        [
            each.contender.name,
            f"{mean(lags(each)):.1f}",
            f"{p95(lags(each)):.1f}",
            f"{mean(one.describes for one in each.waited):.0f}",
            *_used(each),
        ]
        for each in rows
    ]
    return f"{introduction}{table(head, cells)}\n{_agreement(rows, speed)}"


def _agreement(rows: Sequence[Deployed], speed: float) -> str:
    """Compare deployed and simulated figures."""
    names = (
        *("contender", "duration of a poll, ms", "on the clock, s"),
        *("lag s, deployed", "simulated", "Describe calls, deployed", "simulated"),
    )
    cells = [
        [
            each.contender.name,
            *(f"{each.used.poll_seconds * 1000:.0f}", f"{each.used.poll_seconds * speed:.1f}"),
            *(f"{mean(lags(each)):.1f}", f"{mean(one.lag for one in each.simulated):.1f}"),
            *(
                f"{mean(one.describes for one in each.waited):.0f}",
                f"{mean(one.describes for one in each.simulated):.0f}",
            ),
        ]
        for each in rows
    ]
    return (
        "A poll takes real time, which the accelerated clock stretches; lag and calls above include that.\n"
        f"The same jobs, simulated with polls of that duration:\n\n{table(names, cells)}"
    )


def _used(each: Deployed) -> list[str]:
    count, used = len(each.waited), each.used
    gb_seconds = sum(used.gb_seconds.values())
    figures = (used.invocations, gb_seconds, used.transitions, used.errors)
    invocations, computing, transitions, errors = (figure / count for figure in figures)
    return [
        *(f"{invocations:.0f}", f"{computing:.2f}", f"{transitions:.0f}", f"{errors:.0f}"),
        f"{used.cost / count:.5f}",
    ]


def _simulated(measured: Measured) -> str:
    head = ("contender", "lag mean s", "p95 s", "Describe calls")
    rows = [
        [
            name,
            f"{mean(each.lag for each in simulated):.1f}",
            f"{p95(each.lag for each in simulated):.1f}",
            f"{mean(each.describes for each in simulated):.0f}",
        ]
        for name, simulated in by_name(measured).items()
    ]
    return table(head, rows)


def by_name(measured: Measured) -> dict[str, Sequence[Simulated]]:
    """Return the simulated imports of 4 to 17 minutes, by the name of the contender."""
    first: dict[str, Sequence[Simulated]] = {each.name: imports for each, imports in measured.simulated.items()}
    return {**first, f"{OURS.name}, repeated import": measured.repeated}


def _many(rows: Sequence[Deployed]) -> str:
    head = (
        *("contender", "lag mean s", "p95 s", "Describe calls of one", "throttled calls of all"),
        *("of these, polls of a job", "failed"),
    )
    cells = [
        [
            each.contender.name,
            *((f"{mean(lags(each)):.1f}", f"{p95(lags(each)):.1f}") if lags(each) else ("-", "-")),
            f"{mean(one.describes for one in each.waited):.0f}",
            *(str(sum(one.throttled for one in each.waited)), str(sum(one.throttled_polls for one in each.waited))),
            str(sum(one.lag is None for one in each.waited)),
        ]
        for each in rows
    ]
    return f"{table(head, cells)}\n{_bound_of_many(next(each for each in rows if each.contender is OURS))}"


def _bound_of_many(ours: Deployed) -> str:
    """Describe the effect of all stacks starting at once, which no polling interval can avoid."""
    times = [each.first_call for each in ours.waited]
    return (
        f"No polling interval separates stacks that start together: the first calls of this construct's {len(times)} "
        f"came within {max(times) - min(times):.0f} s, {densest(times, _TOGETHER_SECONDS)} of them within "
        f"{_TOGETHER_SECONDS}, in which the service allows {_BURST + _TOGETHER_SECONDS}. botocore retries a throttled "
        "call within seconds; after that, the next poll retries it.\n"
    )


def _long(measured: Measured) -> str:
    head = ("contender", "outcome", "lag s", "of the job", "Describe calls", "transitions", "Lambda errors", "US$")
    simulated = [
        _simulated_long_row(f"{OURS.name}, simulated", measured.long_simulated),
        _simulated_long_row(f"{OURS.name}, repeated import, simulated", measured.long_repeated),
    ]
    return table(head, [*(_long_row(each) for each in measured.long), *simulated])


def _simulated_long_row(name: str, imports: Sequence[Simulated]) -> list[str]:
    lag, calls = mean(each.lag for each in imports), mean(each.describes for each in imports)
    return [name, "waited", f"{lag:.0f}", f"{lag / LONG_SECONDS:.1%}", f"{calls:.0f}", *["-"] * 3]


def _long_row(each: Deployed) -> list[str]:
    (one,) = each.waited
    *_, transitions, errors, cost = _used(each)
    if one.lag is None:
        outcome, lags = f"failed after {one.describes} polls", ["-", "-"]
    else:
        outcome, lags = "waited", [f"{one.lag:.0f}", f"{one.lag / one.job_seconds:.1%}"]
    return [each.contender.name, outcome, *lags, str(one.describes), transitions, errors, cost]
