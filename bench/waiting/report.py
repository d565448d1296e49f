"""What was measured of the waiting, as tables, with goals beside figures."""

from collections.abc import Sequence
from typing import Final

from bench.tables import goals_table, table
from bench.waiting import prices
from bench.waiting.contenders import OURS
from bench.waiting.figures import densest, mean, p95
from bench.waiting.goals import goals_of, lags
from bench.waiting.measuring import LONG_SECONDS, LONG_SPEED, MANY, Deployed, Measured
from personalize_local.personalize.limits import Settings

PLOT: Final = "benchmarks-waiting.svg"
_INTRODUCTION: Final = f"""How long a deploy goes on after its import has ended, and what it takes to know that.
All contenders are deployed to the local AWS in the same run, for jobs of the same times, on a clock that runs faster
for all of them alike. The `Provider` is the CDK's
[framework](https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.custom_resources-readme.html) as it is published,
around two small functions; crhelper polls by the
[rules of EventBridge](https://github.com/aws-cloudformation/custom-resource-helper) that it makes; both look at a job
with the same code. Costs are list prices of {prices.DATE} in {prices.REGION}, without free tiers.

![Lag against Describe calls]({PLOT})
"""
_PLAYED: Final = """Few jobs can be deployed in the time of a benchmark, and where in an interval one ends is chance.
So the same is played without a deploy: this construct's handler around a clock moved by hand, the others by their
intervals, with looks that take the real time that they took above. A job for each eleventh second from 4 to 17 minutes:
"""
_LONG: Final = f"""Three hours, deployed, {LONG_SPEED:.0f} times as fast, which makes {LONG_SPEED / 10:.0f} seconds of
a tenth that a look takes; and played, with looks that take what they take. The `Provider` waits an hour at most, and
CloudFormation waits for no custom resource any longer: neither it nor crhelper can have such a job as a resource.
"""
_TOGETHER_SECONDS: Final = 5
_BURST: Final = Settings().request_burst
_MANY: Final = f"""{MANY} stacks at once, deployed, where the service takes one request a second of each operation,
after a burst of {_BURST}, and runs five jobs at once.
"""
_JUDGED: Final = """What was played has neither chance nor a stretched look in it: goals that have such a figure are
judged by it, and those for 3 hours by both.
"""


def write(measured: Measured) -> str:
    """Write the part's text."""
    parts = [_INTRODUCTION, _deployed(measured.typical)]
    parts += [_PLAYED, _played(measured)]
    if measured.many:
        parts += [_MANY, _many(measured.many), _LONG, _long(measured)]
    return "\n".join([*parts, _JUDGED, goals_table(goals_of(measured))])


def _deployed(rows: Sequence[Deployed]) -> str:
    times = ", ".join(f"{each.job_seconds / 60:.1f}".removesuffix(".0") for each in rows[0].waited)
    speed = rows[0].speed
    told = f"Deployed: jobs of {times} minutes, {speed:.0f} times as fast. For one import, on average:\n\n"
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
    return f"{told}{table(head, cells)}\n{_agreement(rows, speed)}"


def _agreement(rows: Sequence[Deployed], speed: float) -> str:
    """Write what was deployed beside the same as played."""
    names = (
        *("contender", "a look takes ms", "by the clock s"),
        *("lag s, deployed", "played", "Describe calls, deployed", "played"),
    )
    cells = [
        [
            each.contender.name,
            *(f"{each.used.look_seconds * 1000:.0f}", f"{each.used.look_seconds * speed:.1f}"),
            *(f"{mean(lags(each)):.1f}", f"{mean(one.lag for one in each.played):.1f}"),
            *(
                f"{mean(one.describes for one in each.waited):.0f}",
                f"{mean(one.describes for one in each.played):.0f}",
            ),
        ]
        for each in rows
    ]
    return (
        "A look takes real time, which the clock stretches; lag and calls above have that in them.\n"
        f"The same jobs, played with looks as long as that:\n\n{table(names, cells)}"
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


def _played(measured: Measured) -> str:
    head = ("contender", "lag mean s", "p95 s", "Describe calls")
    rows = [
        [
            contender.name,
            f"{mean(each.lag for each in played):.1f}",
            f"{p95(each.lag for each in played):.1f}",
            f"{mean(each.describes for each in played):.0f}",
        ]
        for contender, played in measured.played.items()
    ]
    return table(head, rows)


def _many(rows: Sequence[Deployed]) -> str:
    head = (
        *("contender", "lag mean s", "p95 s", "Describe calls of one", "throttled calls of all"),
        *("of these, looks at a job", "failed"),
    )
    cells = [
        [
            each.contender.name,
            *((f"{mean(lags(each)):.1f}", f"{p95(lags(each)):.1f}") if lags(each) else ("-", "-")),
            f"{mean(one.describes for one in each.waited):.0f}",
            *(str(sum(one.throttled for one in each.waited)), str(sum(one.throttled_looks for one in each.waited))),
            str(sum(one.lag is None for one in each.waited)),
        ]
        for each in rows
    ]
    return f"{table(head, cells)}\n{_bound_of_many(next(each for each in rows if each.contender is OURS))}"


def _bound_of_many(ours: Deployed) -> str:
    """Say what no pace can help against: that all stacks begin at once."""
    times = [each.first_call for each in ours.waited]
    return (
        f"No pace keeps stacks apart that begin together: the first calls of this construct's {len(times)} came within "
        f"{max(times) - min(times):.0f} s, {densest(times, _TOGETHER_SECONDS)} of them within {_TOGETHER_SECONDS}, in "
        f"which the service takes {_BURST + _TOGETHER_SECONDS} at most. botocore makes a throttled call again within "
        "seconds, and what it can't do the next look does.\n"
    )


def _long(measured: Measured) -> str:
    head = ("contender", "outcome", "lag s", "of the job", "Describe calls", "transitions", "Lambda errors", "US$")
    lag, calls = (
        mean(each.lag for each in measured.long_played),
        f"{mean(each.describes for each in measured.long_played):.0f}",
    )
    played = [f"{OURS.name}, played", "waited", f"{lag:.0f}", f"{lag / LONG_SECONDS:.1%}", calls, *["-"] * 3]
    return table(head, [*(_long_row(each) for each in measured.long), played])


def _long_row(each: Deployed) -> list[str]:
    (one,) = each.waited
    *_, transitions, errors, cost = _used(each)
    if one.lag is None:
        outcome, lags = f"failed after {one.describes} looks", ["-", "-"]
    else:
        outcome, lags = "waited", [f"{one.lag:.0f}", f"{one.lag / one.job_seconds:.1%}"]
    return [each.contender.name, outcome, *lags, str(one.describes), transitions, errors, cost]
