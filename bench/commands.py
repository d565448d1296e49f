"""The duration of commands: `personalize-import check` of a small file, and `cdk deploy` of an instant import."""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from bench.apps import STACK, make_deployable, make_empty
from bench.bytecode import Took, measure
from bench.data import SCHEMA, write_data
from bench.part import Scale, Section
from bench.tables import Goal, goals_table, table
from personalize_import_handler.contract import RESOURCE_TYPE
from personalize_local.local_cloud import LocalCloud
from personalize_local.server.launcher import LocalAws
from personalize_local.server.options import Options

_TIMES: Final = 9
_TIMES_QUICK: Final = 3
_SMALL_BYTES: Final = 100_000
_CHECK_MAX: Final = 0.4
_CHECK: Final = "`personalize-import check` of a file of 100 KB"
_DEPLOY: Final = ("deploy", "--all", "--require-approval", "never")
_DEPLOYS: Final = """`cdk deploy` to the local AWS, with an import of zero seconds, after the synth. The stack and the
job are measured by the events of the stack; the rest is the CDK CLI: its start, the upload of assets, the change set,
and polls every few seconds. The first rows are what the CDK CLI takes by itself: the empty stack has one resource,
which does nothing.
"""


@dataclass(frozen=True)
class Deploy:
    """A deploy of the CDK CLI."""

    what: str
    seconds: float
    stack: float | None = None
    """Seconds from the first event of the stack itself to the last one."""
    job: float | None = None
    """Seconds in which the resource of the import was created."""

    @property
    def row(self) -> tuple[str, ...]:
        """The row of the table."""
        return (self.what, *("-" if each is None else f"{each:.1f}" for each in (self.seconds, self.stack, self.job)))


def run(folder: Path, scale: Scale) -> Section:
    """Measure the commands, one after the other."""
    checks = _small_check(folder, _TIMES_QUICK if scale.quick else _TIMES)
    deploys = table(["command", "seconds", "of these, the stack", "the job"], [each.row for each in _deploys(folder)])
    started = table(
        ["command", "ms", "CPU ms"],
        [(name, f"{took.seconds * 1000:.0f}", f"{took.cpu * 1000:.0f}") for name, took in checks.items()],
    )
    check = checks[_CHECK]
    shown = f"{check.seconds:.2f} seconds (CPU: {check.cpu:.2f})"
    goal = Goal(f"{_CHECK} in {_CHECK_MAX} seconds", shown, check.seconds <= _CHECK_MAX)
    return Section(f"{started}\n{_DEPLOYS}\n{deploys}\n{goals_table([goal])}")


def _small_check(folder: Path, times: int) -> dict[str, Took]:
    """Return the medians of the check, of Python and of Python with click, in alternation."""
    data, schema = folder / "interactions.csv", folder / "schema.json"
    write_data(data, _SMALL_BYTES)
    schema.write_text(json.dumps(SCHEMA))
    check = [str(Path(sys.executable).with_name("personalize-import")), "check", str(data), "--schema", str(schema)]
    commands = {
        "Python": [sys.executable, "-c", ""],
        "Python with click": [sys.executable, "-c", "import click"],
        _CHECK: check,
    }
    measure(check)  # compiles the modules
    measured: dict[str, list[Took]] = {name: [] for name in commands}
    for _ in range(times):
        for name, took in measured.items():
            took.append(measure(commands[name]))
    return {
        name: Took(median(each.seconds for each in took), median(each.cpu for each in took))
        for name, took in measured.items()
    }


def _deploys(folder: Path) -> Iterator[Deploy]:
    """Start the CDK CLI, and deploy an empty stack, one with an import, and the same without changes."""
    with (folder / "local-aws.log").open("wb") as log, LocalAws(Options(import_seconds=0), log) as aws:
        cloud = LocalCloud(aws, folder)
        cloud.bootstrap()
        yield Deploy("`cdk --version`", _cdk(cloud, "--version"))
        empty = make_empty().synth().directory
        yield _deploy(cloud, "`cdk deploy` of an empty stack", empty)
        cloud.cdk.run("destroy", "--app", empty, "--all", "--force")
        with_import = make_deployable(folder).synth().directory
        yield _deploy(cloud, "`cdk deploy` of a dataset and its import", with_import)
        yield Deploy("the same again, without changes", _cdk(cloud, *_DEPLOY, "--app", with_import))


def _deploy(cloud: LocalCloud, what: str, assembly: str) -> Deploy:
    seconds = _cdk(cloud, *_DEPLOY, "--app", assembly)
    return Deploy(what, seconds, *(_lasted(cloud, kind) for kind in ("AWS::CloudFormation::Stack", RESOURCE_TYPE)))


def _lasted(cloud: LocalCloud, kind: str) -> float | None:
    """Return the seconds between the events of the only resource of a type; None if there is none."""
    times = [each["Timestamp"] for each in cloud.events(STACK) if each.get("ResourceType") == kind]
    return (max(times) - min(times)).total_seconds() if times else None


def _cdk(cloud: LocalCloud, *arguments: str) -> float:
    begin = time.perf_counter()
    cloud.cdk.run(*arguments)
    return time.perf_counter() - begin
