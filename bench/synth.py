"""The duration of `cdk synth`, compared with bare custom resources and roles."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final, Literal

from bench.bytecode import Took, measure
from bench.calls import Calls
from bench.part import Scale, Section
from bench.tables import Goal, goals_table, table

_IMPORTS_QUICK: Final = (1, 10)
_IMPORTS: Final = (1, 10, 100, 240)
_TURNS: Final = 3
_GROWING: Final = (1, 100, 240)
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
the role's wildcard. CPU seconds are those of all processes. Seconds are medians of three turns, and times are medians
of the ratios in each turn.
"""
_Turns = Mapping[tuple[str, int], Sequence[Took]]
"""The runs by way and number of imports, one in each turn."""


def run(folder: Path, scale: Scale) -> Section:
    """Alternate the runs: the speed of a machine changes within minutes, so only runs of one turn are compared."""
    numbers = _IMPORTS_QUICK if scale.quick else _IMPORTS
    turns: dict[tuple[str, int], list[Took]] = {(way, number): [] for number in numbers for way in _WAYS}
    for way in _WAYS:
        _synth(folder, way, 1)  # compiles the modules
    for _ in range(1 if scale.quick else _TURNS):
        for (way, number), took in turns.items():
            took.append(_synth(folder, way, number))
    head = ["imports", "bare, seconds", "ours, seconds", "times", "times, CPU seconds", f"{_SAME}, seconds", "times"]
    figures = table(head, [_row(turns, number) for number in numbers])
    goals = [*_goals(turns, numbers)]
    calls = ""
    if not scale.quick:
        goals.append(_linear({way: _growth(way) for way in ("bare", "ours")}))
        calls = f"\n{_calls()}"
    return Section(f"{figures}\n{goals_table(goals)}{calls}")


def _row(turns: _Turns, number: int) -> tuple[object, ...]:
    bare, same, ours = (f"{median(took.seconds for took in turns[way, number]):.1f}" for way in _WAYS)
    cpu = median(_ratios(turns, "ours", number, "cpu"))
    times, without = (f"{median(_ratios(turns, way, number)):.2f}" for way in ("ours", _SAME))
    return (number, bare, ours, times, f"{cpu:.2f}", same, without)


def _ratios(turns: _Turns, way: str, number: int, figure: Literal["seconds", "cpu"] = "seconds") -> list[float]:
    """Return how many times as much as bare resources a way takes, in each turn."""
    pairs = zip(turns[way, number], turns["bare", number], strict=True)
    return [getattr(took, figure) / getattr(bare, figure) for took, bare in pairs]


def _growth(way: str) -> float:
    """Return how much longer an import takes among many than among few, in one process."""
    few, some, many = _GROWING
    seconds = _measured("bench.growth", way, *map(str, _GROWING))
    return float((seconds[2] - seconds[1]) / (many - some) / ((seconds[1] - seconds[0]) / (some - few)))


def _calls() -> str:
    """Describe where the time of an import is spent before the synthesis of the app."""
    head = ["per import", "calls to the CDK's process", "ms in these calls", "ms of Python, CPU"]
    counted = {way: _measured("bench.calls", way, str(_COUNTED)) for way in _WAYS}
    rows = [(way, *(f"{calls[figure]:.1f}" for figure in Calls._fields)) for way, calls in counted.items()]
    return f"{table(head, rows)}\n{_CALLS}"


def _measured(module: str, *arguments: str) -> Any:  # noqa: ANN401 - parsed JSON
    """Return the result of a module that measures in a separate process."""
    command = [sys.executable, "-m", module, *arguments]
    ran = subprocess.run(  # noqa: S603
        command, cwd=_ROOT, env=_environment(), check=True, capture_output=True, text=True
    )
    return json.loads(ran.stdout)


def _synth(folder: Path, way: str, imports: int) -> Took:
    command = [str(_PROGRAMS / "cdk"), "synth", "--quiet", "--no-notices", "--output", str(folder / "cdk.out")]
    app = f'{sys.executable} -m bench.apps "{way}" {imports}'
    return measure([*command, "--app", app], _environment(), _ROOT)


def _environment() -> dict[str, str]:
    path = f"{_PROGRAMS}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "CDK_DISABLE_CLI_TELEMETRY": "true"}


def _goals(turns: _Turns, numbers: Sequence[int]) -> Iterator[Goal]:
    for number in numbers:
        most = _TIMES_MAX[number]
        times, without = (median(_ratios(turns, way, number)) for way in ("ours", _SAME))
        cpu = median(_ratios(turns, "ours", number, "cpu"))
        goal = f"{number} import{'s' * (number > 1)}: at most {most} times as long as bare resources"
        bound = f"the same without this library takes {without:.2f} times as long"
        if without <= most:
            bound += "; the rest is other resources of the provider, Python code, and a call per import"
        yield Goal(goal, f"{times:.2f} times (CPU: {cpu:.2f})", times <= most, bound)


def _linear(growth: Mapping[str, float]) -> Goal:
    few, some, many = _GROWING
    goal = f"linear: an import takes no longer between {some} and {many} than between {few} and {some}, in one process"
    bound = f"of bare resources it takes {growth['bare']:.2f} times as long"
    reached = growth["ours"] <= _LINEAR_MAX
    return Goal(goal, f"{growth['ours']:.2f} times", reached, bound if growth["bare"] > _LINEAR_MAX else "")
