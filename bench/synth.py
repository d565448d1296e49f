"""The duration of `cdk synth`, compared with bare custom resources and roles."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from bench.part import Scale, Section
from bench.tables import Goal, goals_table, table

_IMPORTS_QUICK: Final = (1, 10)
_TIMES: Final = {1: 3, 10: 1, 100: 4, 240: 4}
"""Repetitions by number of imports; more for those that goals depend on."""
_COUNTED: Final = 40
"""Number of imports for counting calls."""
_WAYS: Final = ("bare", "ours")
_TIMES_MAX: Final = {1: 1.1, 10: 1.1, 100: 1.2, 240: 1.25}
"""Goals by number of imports: the duration compared with that of bare resources."""
_LINEAR_MAX: Final = 1.3
_ROOT: Final = Path(__file__).parents[1]
_PROGRAMS: Final = Path(sys.executable).parent
_CALLS: Final = """Bare is a custom resource, and a role with a policy. Its app has no functions, but loads the modules
of the CDK with which an app defines them. The additional calls of an import are for its construct, property injectors,
the dependency on its role, and the cdk-nag suppression for the role's wildcard. The CDK's process also validates each
template, which takes longer for larger templates.
"""


def run(folder: Path, scale: Scale) -> Section:
    """Alternate the runs and use the minimum, because other load on the machine only adds to the duration."""
    numbers = _IMPORTS_QUICK if scale.quick else tuple(_TIMES)
    seconds: dict[tuple[str, int], list[float]] = {(way, number): [] for number in numbers for way in _WAYS}
    for turn in range(1 if scale.quick else max(_TIMES.values())):
        for (way, number), measured in seconds.items():
            if turn < _TIMES[number]:
                measured.append(_synth(folder, way, number))
    least = {key: min(measured) for key, measured in seconds.items()}
    rows = [
        (
            number,
            *(f"{least[way, number]:.1f}" for way in _WAYS),
            f"{least['ours', number] / least['bare', number]:.2f}",
        )
        for number in numbers
    ]
    figures = table(["imports", "bare, seconds", "ours, seconds", "times"], rows)
    calls = "" if scale.quick else f"\n{_calls(least, numbers[-1])}"
    return Section(f"{figures}\n{goals_table(_goals(least, numbers))}{calls}")


def _calls(seconds: Mapping[tuple[str, int], float], imports: int) -> str:
    """Describe where the time of an import is spent."""
    head = ["per import", "calls to the CDK's process", "ms in these calls", "ms in total"]
    rows = []
    for way in _WAYS:
        ran = _run([sys.executable, "-m", "bench.calls", way, str(_COUNTED)])
        counted = json.loads(ran.stdout)
        whole = (seconds[way, imports] - seconds[way, 1]) / (imports - 1) * 1000
        rows.append((way, f"{counted['calls']:.1f}", f"{counted['milliseconds']:.1f}", f"{whole:.1f}"))
    return f"{table(head, rows)}\n{_CALLS}"


def _synth(folder: Path, way: str, imports: int) -> float:
    begin = time.perf_counter()
    command = [str(_PROGRAMS / "cdk"), "synth", "--quiet", "--no-notices", "--output", str(folder / "cdk.out")]
    _run([*command, "--app", f"{sys.executable} -m bench.apps {way} {imports}"])
    return time.perf_counter() - begin


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    path = f"{_PROGRAMS}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "CDK_DISABLE_CLI_TELEMETRY": "true"}
    return subprocess.run(command, cwd=_ROOT, env=environment, check=True, capture_output=True, text=True)  # noqa: S603


def _goals(seconds: dict[tuple[str, int], float], numbers: tuple[int, ...]) -> Iterator[Goal]:
    for number in numbers:
        times, most = seconds["ours", number] / seconds["bare", number], _TIMES_MAX[number]
        goal = f"{number} import{'s' * (number > 1)}: at most {most} times as long as bare resources"
        yield Goal(goal, f"{times:.2f} times", times <= most)
    first, middle, last = numbers[0], numbers[-2], numbers[-1]
    if first != middle:
        slope = (seconds["ours", middle] - seconds["ours", first]) / (middle - first)
        later = (seconds["ours", last] - seconds["ours", middle]) / (last - middle)
        goal = f"linear: an import takes no longer between {middle} and {last} than between {first} and {middle}"
        yield Goal(goal, f"{later / slope:.2f} times", later <= slope * _LINEAR_MAX)
