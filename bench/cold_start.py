"""CPU time and memory for loading the functions, measured in new processes, in alternation."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from bench.part import Scale, Section
from bench.tables import Goal, goals_table, table
from personalize_import.provider.handler_code import copy_packages

_TIMES: Final = 13
_TIMES_AS_SHIPPED: Final = 5
"""Not used for goals."""
_TIMES_QUICK: Final = 2
_LONGER_MAX: Final = 1.05
_BOTO3: Final = "bare boto3 with a client of Personalize"
_STEP_FUNCTIONS: Final = "bare boto3 with a client of Step Functions"
_CRHELPER: Final = "a handler with plain crhelper and that client"
_OURS: Final = ("on_event", "is_complete")
# Each includes a client for the first call, because the functions create clients when they need them.
_LOADED: Final[Mapping[str, str]] = {
    _BOTO3: "import boto3; boto3.client('personalize')",
    _STEP_FUNCTIONS: "import boto3; boto3.client('stepfunctions')",
    _CRHELPER: "import boto3, crhelper; crhelper.CfnResource(); boto3.client('personalize')",
    "on_event": "from personalize_import_handler.index import on_event; import boto3; boto3.client('stepfunctions')",
    "is_complete": "from personalize_import_handler.index import is_complete; import boto3; "
    "boto3.client('personalize')",
}
# getrusage includes the parent's peak; VmHWM doesn't.
_MEASURED: Final = """
import time
begin = time.process_time()
{loaded}
milliseconds = (time.process_time() - begin) * 1000
(peak,) = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM:")]
print(milliseconds, int(peak) / 1000)
"""
_ENVIRONMENT: Final = {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1", "STATE_MACHINE_ARN": "arn"}


@dataclass(frozen=True)
class Loaded:
    """One measurement."""

    milliseconds: float
    """CPU time, of which a loaded machine needs no more than an idle one."""
    megabytes: float


def run(folder: Path, scale: Scale) -> Section:
    """Load each function from the Lambda package, in alternation."""
    package, not_compiled = folder / "package", folder / "not-compiled"
    for each in (package, not_compiled):
        each.mkdir()
        copy_packages(each)
    times = _TIMES_QUICK if scale.quick else _TIMES
    _measure(package, 1)  # compiles the package, and boto3 for both measurements
    as_shipped = _measure(not_compiled, min(times, _TIMES_AS_SHIPPED), {"PYTHONDONTWRITEBYTECODE": "1"})
    compiled = _measure(package, times)
    rows = [
        (name, *(f"{loaded[name].milliseconds:.0f}" for loaded in (compiled, as_shipped)), f"{each.megabytes:.0f}")
        for name, each in compiled.items()
    ]
    size = sum(path.stat().st_size for path in package.rglob("*.py"))
    figures = table(["process", "CPU ms", "CPU ms, package not compiled", "peak MB"], rows)
    facts = (
        f"The package has {size / 1000:,.0f} KB of sources. It contains no compiled files, because these would be for "
        "one version of Python. So each cold start in Lambda compiles the modules that it loads, as in the second "
        "column. on_event makes no call to Personalize, but needs a client of Step Functions. Compared with "
        "bare boto3 and the same client, crhelper and the modules of the handler add, for on_event and is_complete: "
        f"{_added(compiled, 'on_event', _STEP_FUNCTIONS)} and {_added(compiled, 'is_complete', _BOTO3)} ms."
    )
    return Section(f"{figures}\n{facts}\n\n{goals_table(_goals(compiled))}")


def _added(taken: Mapping[str, Loaded], name: str, bare: str) -> str:
    return f"{taken[name].milliseconds - taken[bare].milliseconds:.0f}"


def _measure(package: Path, times: int, environment: Mapping[str, str] = _ENVIRONMENT) -> dict[str, Loaded]:
    measured: dict[str, list[Loaded]] = {name: [] for name in _LOADED}
    for _ in range(times):
        for name, loaded in measured.items():
            loaded.append(_load(name, package, environment))
    return {
        name: Loaded(median(each.milliseconds for each in loaded), median(each.megabytes for each in loaded))
        for name, loaded in measured.items()
    }


def _load(name: str, package: Path, environment: Mapping[str, str]) -> Loaded:
    ran = subprocess.run(  # noqa: S603
        [sys.executable, "-c", _MEASURED.format(loaded=_LOADED[name])],
        env={**os.environ, **_ENVIRONMENT, **environment, "PYTHONPATH": str(package)},
        check=True,
        capture_output=True,
        text=True,
    )
    milliseconds, megabytes = ran.stdout.split()
    return Loaded(float(milliseconds), float(megabytes))


def _goals(taken: Mapping[str, Loaded]) -> Iterator[Goal]:
    for name in _OURS:
        less = taken[name].milliseconds / taken[_CRHELPER].milliseconds
        yield Goal(f"{name} below {_CRHELPER}", f"{less:.2f} times", less < 1)
        times = round(taken[name].milliseconds / taken[_BOTO3].milliseconds, 2)
        bound = f"crhelper and the modules of the handler add {_added(taken, name, _BOTO3)} ms"
        yield Goal(f"{name} at most {_LONGER_MAX} times {_BOTO3}", f"{times:.2f} times", times <= _LONGER_MAX, bound)
