"""What all tests share: how the CDK starts, and what a run tells. This is read before anything imports aws_cdk."""

import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.secrets import lines_with_secrets

# The Node that is installed beside this interpreter, not one that jsii would warn of.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
# The CDK's own validation of templates takes seconds to load; tests/synth/test_demo_app.py has it.
os.environ["CDK_VALIDATION"] = "false"

# No examples from earlier runs: a run depends on the code alone, and nothing is written beside it.
settings.register_profile("project", database=None)
settings.load_profile("project")


@pytest.fixture(autouse=True)
def nothing_secret_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Read every line that is logged in any test."""
    yield
    lines = [logging.Formatter().format(record) for record in caplog.get_records("call")]
    assert lines_with_secrets(lines) == []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell what tests have recorded of themselves; what they print is lost where they run in parallel."""
    for report in [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]:
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{report.nodeid}: {name}: {value}")
