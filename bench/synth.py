"""How long `cdk synth` takes beside custom resources and roles with nothing around them."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bench.part import Scale, Section
from bench.tables import Goal, goals_table, table

_IMPORTS: Final = (1, 10, 100, 240)
_IMPORTS_QUICK: Final = (1, 10)
_TIMES: Final = 2
_WAYS: Final = ("bare", "ours")
_LONGER_MAX: Final = 1.3
_ROOT: Final = Path(__file__).parents[1]


def run(folder: Path, scale: Scale) -> Section:
    """Measure by turns, and take the least of each: whatever else the machine does only adds to it."""
    numbers = _IMPORTS_QUICK if scale.quick else _IMPORTS
    seconds: dict[tuple[str, int], list[float]] = {(way, number): [] for number in numbers for way in _WAYS}
    for _ in range(1 if scale.quick else _TIMES):
        for (way, number), measured in seconds.items():
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
    return Section(f"{figures}\n{goals_table(_goals(least, numbers))}")


def _synth(folder: Path, way: str, imports: int) -> float:
    begin = time.perf_counter()
    programs = Path(sys.executable).parent
    command = [str(programs / "cdk"), "synth", "--quiet", "--no-notices", "--output", str(folder / "cdk.out")]
    subprocess.run(  # noqa: S603
        [*command, "--app", f"{sys.executable} -m bench.apps {way} {imports}"],
        cwd=_ROOT,
        env={**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "CDK_DISABLE_CLI_TELEMETRY": "true"},
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - begin


def _goals(seconds: dict[tuple[str, int], float], numbers: tuple[int, ...]) -> Iterator[Goal]:
    times = max(seconds["ours", number] / seconds["bare", number] for number in numbers)
    yield Goal(f"at most {_LONGER_MAX} times as long as bare resources", f"{times:.2f} times", times <= _LONGER_MAX)
    first, middle, last = numbers[0], numbers[-2], numbers[-1]
    if first != middle:
        slope = (seconds["ours", middle] - seconds["ours", first]) / (middle - first)
        later = (seconds["ours", last] - seconds["ours", middle]) / (last - middle)
        goal = f"linear: an import takes no longer between {middle} and {last} than between {first} and {middle}"
        yield Goal(goal, f"{later / slope:.2f} times", later <= slope * _LONGER_MAX)
