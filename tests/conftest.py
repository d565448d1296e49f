"""Configuration of all tests: the start of the CDK, and the summary of a run; loaded before aws_cdk."""

import logging
import os
import random
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.secrets import lines_with_secrets

# The Node that is installed next to this interpreter, not one that jsii warns about.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
# The CDK's own validation of templates takes seconds to load; tests/constructs/test_demo_app.py has it.
os.environ["CDK_VALIDATION"] = "false"

# A background shell may ignore these signals, and so would every process that a test starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

# No examples from earlier runs: a run depends on the code alone, and nothing is written next to it.
settings.register_profile("project", database=None)
settings.load_profile("project")


# The longest tests start first, so that no worker is left with one at the end of a run.
BEGIN_FIRST = (
    "test_every_broken_guard_fails_a_test",
    "test_a_broken_guard_of_a_changed_file_fails_a_test",
    "test_the_invariants_hold_after_thousands_of_sequences",
    "test_asset_files_and_preflight_need_each_of_their_permissions",
    "test_the_demo_needs_each_of_its_permissions",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the longest tests first, and all others in their order."""

    def position(item: pytest.Item) -> int:
        name = item.name.partition("[")[0]
        return BEGIN_FIRST.index(name) if name in BEGIN_FIRST else len(BEGIN_FIRST)

    items.sort(key=position)


@pytest.fixture(autouse=True)
def same_chance_in_each_run(request: pytest.FixtureRequest) -> None:
    """Retries come after random times; a failure has to be caused by a change and not by chance."""
    random.seed(request.node.nodeid)


@pytest.fixture(autouse=True)
def nothing_secret_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Read every line that is logged in any test."""
    yield
    lines = [logging.Formatter().format(record) for record in caplog.get_records("call")]
    assert lines_with_secrets(lines) == []


@pytest.fixture
def airline() -> Path:
    """Return the folder of the airline sample of AWS, which may be next to the repository."""
    folder = Path(__file__).parents[2] / "shared" / "data" / "airline"
    if not folder.is_dir():
        pytest.skip("the airline sample is not next to the repository")
    return folder


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the tests of faults and all recorded properties, because parallel test processes lose prints."""
    ended = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    rows: dict[str, list[str]] = {}
    for report in ended:
        if report.when == "call" and re.match(r"tests/(faults|deploy)/test_(?!reliability_page)", report.nodeid):
            rows.setdefault(report.nodeid.partition("[")[0], []).append(report.outcome)
    for row, outcomes in sorted(rows.items()):
        outcome = "passed" if set(outcomes) == {"passed"} else "FAILED"
        terminalreporter.write_line(f"{outcome} {len(outcomes):3} {row.partition('::')[2].removeprefix('test_')}")
    for report in ended:
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{report.nodeid}: {name}: {value}")
