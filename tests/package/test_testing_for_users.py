"""Tests of stacks in an empty environment with only the wheel and its extra."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.constructs.support.assembly import ROOT

EXAMPLE = ROOT / "examples" / "testing_your_stack" / "test_items_stack.py"


def environment() -> dict[str, str]:
    """Nothing of this project, nor of the environment that these tests run in."""
    return {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR") if name in os.environ} | {"PATH": os.defpath}


@pytest.mark.slow
def test_the_documented_tests_pass_with_only_the_wheel_and_its_extra(with_the_extra: Path, tmp_path: Path) -> None:
    shutil.copy(EXAMPLE, tmp_path)
    ended = subprocess.run(
        [with_the_extra / "pytest", "-q"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
    assert re.search(r"^2 passed", ended.stdout, re.MULTILINE), ended.stdout


def test_the_page_shows_the_tested_file() -> None:
    assert f"```python\n{EXAMPLE.read_text()}```" in (ROOT / "docs" / "testing.md").read_text()
