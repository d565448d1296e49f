"""The duration of `cdk synth`, compared with bare custom resources and roles."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from bench.bytecode import Took, measure
from bench.part import Scale, Section
from bench.tables import Goal, goals_table, table

_IMPORTS_QUICK: Final = (1, 10)
_TIMES: Final = {1: 3, 10: 2, 100: 3, 240: 3}
"""Repetitions by number of imports, of what is compared."""
_COUNTED: Final = 40
"""Number of imports for counting calls."""
_PROVIDER: Final = "one Provider for all imports"
_COMPARED: Final = ("bare", "ours")
_WAYS: Final = (*_COMPARED, _PROVIDER)
_TIMES_MAX: Final = {1: 1.1, 10: 1.1, 100: 1.2, 240: 1.25}
"""Goals by number of imports: the duration compared with that of bare resources."""
_LINEAR_MAX: Final = 1.3
_ROOT: Final = Path(__file__).parents[1]
_PROGRAMS: Final = Path(sys.executable).parent
_CALLS: Final = """Bare is a custom resource, and a role with a policy. Its app has no functions, but loads the modules
of the CDK with which an app defines them. With the CDK's `Provider`, it is the same with one `Provider` for all imports
and two functions of a few lines, without any permission. The additional calls of an import are for its construct,
property injectors, the dependency on its role, and the cdk-nag suppression for the role's wildcard. The CDK's process
also validates each template, which takes longer for larger templates. CPU seconds are those of all processes.
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
            if turn < (_TIMES[number] if way in _COMPARED else 1):
                took.append(_synth(folder, way, number))
    least = {
        key: Took(min(each.seconds for each in took), min(each.cpu for each in took)) for key, took in measured.items()
    }
    head = ["imports", "bare, seconds", "ours, seconds", "times", "times, CPU seconds", "with the `Provider`, seconds"]
    figures = table(head, [_row(least, number) for number in numbers])
    calls = "" if scale.quick else f"\n{_calls(least, numbers[-1])}"
    return Section(f"{figures}\n{goals_table(_goals(least, numbers))}{calls}")


def _row(least: _Figures, number: int) -> tuple[object, ...]:
    bare, ours, provider = (least[way, number] for way in _WAYS)
    times = (f"{ours.seconds / bare.seconds:.2f}", f"{ours.cpu / bare.cpu:.2f}")
    return (number, f"{bare.seconds:.1f}", f"{ours.seconds:.1f}", *times, f"{provider.seconds:.1f}")


def _calls(least: _Figures, imports: int) -> str:
    """Describe where the time of an import is spent."""
    head = ["per import", "calls to the CDK's process", "ms in these calls", "ms in total"]
    rows = []
    for way in _COMPARED:
        command = [sys.executable, "-m", "bench.calls", way, str(_COUNTED)]
        ran = subprocess.run(  # noqa: S603
            command, cwd=_ROOT, env=_environment(), check=True, capture_output=True, text=True
        )
        counted = json.loads(ran.stdout)
        whole = (least[way, imports].seconds - least[way, 1].seconds) / (imports - 1) * 1000
        rows.append((way, f"{counted['calls']:.1f}", f"{counted['milliseconds']:.1f}", f"{whole:.1f}"))
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
        bare, ours, most = least["bare", number], least["ours", number], _TIMES_MAX[number]
        times, cpu = ours.seconds / bare.seconds, ours.cpu / bare.cpu
        goal = f"{number} import{'s' * (number > 1)}: at most {most} times as long as bare resources"
        functions = least[_PROVIDER, number].seconds / bare.seconds
        bound = f"an app with two functions and the CDK's `Provider` takes {functions:.2f} times as long"
        shown = f"{times:.2f} times (CPU: {cpu:.2f})"
        yield Goal(goal, shown, times <= most, bound if functions > most else "")
    first, middle, last = numbers[0], numbers[-2], numbers[-1]
    if first != middle:
        seconds = {number: least["ours", number].seconds for number in numbers}
        slope = (seconds[middle] - seconds[first]) / (middle - first)
        later = (seconds[last] - seconds[middle]) / (last - middle)
        goal = f"linear: an import takes no longer between {middle} and {last} than between {first} and {middle}"
        yield Goal(goal, f"{later / slope:.2f} times", later <= slope * _LINEAR_MAX)
