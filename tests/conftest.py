"""What all tests share: how the CDK starts, and what a run tells. This is read before anything imports aws_cdk."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

# The Node that is installed beside this interpreter, not one that jsii would warn of.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
# The CDK's own validation of templates takes seconds to load; tests/synth/test_demo_app.py has it.
os.environ["CDK_VALIDATION"] = "false"

# No examples from earlier runs: a run depends on the code alone, and nothing is written beside it.
settings.register_profile("project", database=None)
settings.load_profile("project")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell what tests have recorded of themselves; what they print is lost where they run in parallel."""
    for report in [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]:
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{report.nodeid}: {name}: {value}")
