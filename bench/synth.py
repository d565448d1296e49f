"""The duration of `cdk synth`, compared with bare custom resources and roles."""

import json
import math
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from bench.bytecode import Took, measure
from bench.calls import Calls
from bench.part import Scale, Section
from bench.tables import Goal, goals_table, table

_IMPORTS_QUICK: Final = (1, 10)
_TIMES: Final = {1: 3, 10: 2, 100: 3, 240: 3}
"""Repetitions by number of imports."""
_COUNTED: Final = 240
"""Number of imports for counting calls."""
_SAME: Final = "the same without this library"
_WAYS: Final = ("bare", _SAME, "ours")
_TIMES_MAX: Final = {1: 1.1, 10: 1.1, 100: 1.2, 240: 1.25}
"""Goals by number of imports: the duration compared with that of bare resources."""
_LINEAR_MAX: Final = 1.3
_ROOT: Final = Path(__file__).parents[1]
_PROGRAMS: Final = Path(sys.executable).parent
_CALLS: Final = """Bare is a custom resource, and a role with a policy. Its app has no functions, but loads the modules
of the CDK with which an app defines them. The same without this library is two functions of a few lines, the CDK's
`Provider`, and imports whose resources have the same properties as ours, in the fewest calls that the CDK needs for
them: with the construct of the import, property injectors, the dependency on its role, and the cdk-nag suppression for
the role's wildcard. CPU seconds are those of all processes.
"""
_Figures = Mapping[tuple[str, int], Took]


def run(folder: Path, scale: Scale) -> Section:
    """Alternate the runs and use the minimum, because other load on the machine only adds to the duration."""
    numbers = _IMPORTS_QUICK if scale.quick else tuple(_TIMES)
    measured: dict[tuple[str, int], list[Took]] = {(way, number): [] for number in numbers for way in _WAYS}
    for way in _WAYS:
        _synth(folder, way, 1)  # compiles the modules
    for turn in range(1 if scale.quick else max(_TIMES.values())):
        for (way, number), took in measured.items():
            if turn < _TIMES[number]:
                took.append(_synth(folder, way, number))
    least = {
        key: Took(min(each.seconds for each in took), min(each.cpu for each in took)) for key, took in measured.items()
    }
    head = ["imports", "bare, seconds", "ours, seconds", "times", "times, CPU seconds", f"{_SAME}, seconds", "times"]
    figures = table(head, [_row(least, number) for number in numbers])
    calls = "" if scale.quick else f"\n{_calls()}"
    return Section(f"{figures}\n{goals_table(_goals(least, numbers))}{calls}")


def _row(least: _Figures, number: int) -> tuple[object, ...]:
    bare, same, ours = (least[way, number] for way in _WAYS)
    times = (f"{ours.seconds / bare.seconds:.2f}", f"{ours.cpu / bare.cpu:.2f}")
    without = (f"{same.seconds:.1f}", f"{same.seconds / bare.seconds:.2f}")
    return (number, f"{bare.seconds:.1f}", f"{ours.seconds:.1f}", *times, *without)


def _calls() -> str:
    """Describe where the time of an import is spent before the synthesis of the app."""
    head = ["per import", "calls to the CDK's process", "ms in these calls", "ms of Python, CPU"]
    rows = []
    for way in _WAYS:
        command = [sys.executable, "-m", "bench.calls", way, str(_COUNTED)]
        ran = subprocess.run(  # noqa: S603
            command, cwd=_ROOT, env=_environment(), check=True, capture_output=True, text=True
        )
        counted = json.loads(ran.stdout)
        rows.append((way, *(f"{counted[figure]:.1f}" for figure in Calls._fields)))
    return f"{table(head, rows)}\n{_CALLS}"


def _synth(folder: Path, way: str, imports: int) -> Took:
    command = [str(_PROGRAMS / "cdk"), "synth", "--quiet", "--no-notices", "--output", str(folder / "cdk.out")]
    app = f'{sys.executable} -m bench.apps "{way}" {imports}'
    return measure([*command, "--app", app], _environment(), _ROOT)


def _environment() -> dict[str, str]:
    path = f"{_PROGRAMS}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "CDK_DISABLE_CLI_TELEMETRY": "true"}


def _goals(least: _Figures, numbers: tuple[int, ...]) -> Iterator[Goal]:
    for number in numbers:
        most = _TIMES_MAX[number]
        bare, same, ours = (least[way, number] for way in _WAYS)
        times, cpu, without = ours.seconds / bare.seconds, ours.cpu / bare.cpu, same.seconds / bare.seconds
        goal = f"{number} import{'s' * (number > 1)}: at most {most} times as long as bare resources"
        bound = f"the same without this library takes {without:.2f} times as long"
        if without <= most:
            bound += "; the rest is Python code and a call per import, see below"
        yield Goal(goal, f"{times:.2f} times (CPU: {cpu:.2f})", times <= most, bound)
    first, middle, last = numbers[0], numbers[-2], numbers[-1]
    if first != middle:
        goal = f"linear: an import takes no longer between {middle} and {last} than between {first} and {middle}"
        times, of_bare = (_growth(least, way, (first, middle, last)) for way in ("ours", "bare"))
        bound = f"of bare resources it takes {of_bare:.2f} times as long"
        yield Goal(goal, f"{times:.2f} times", times <= _LINEAR_MAX, bound if of_bare > _LINEAR_MAX else "")


def _growth(least: _Figures, way: str, numbers: tuple[int, int, int]) -> float:
    """Return how much longer an import takes between the last two numbers than between the first two."""
    seconds = [least[way, number].seconds for number in numbers]
    earlier, later = ((seconds[at + 1] - seconds[at]) / (numbers[at + 1] - numbers[at]) for at in (0, 1))
    return later / earlier if earlier > 0 else math.inf
