"""The pytest plugin without the extra, and in runs that don't use it; examples/ has tests that use it."""

import os
import subprocess
import sys
from pathlib import Path

from personalize_local.dependencies import install_command

ASKS = "def test_asks(local_cloud): pass"
WITHOUT = """
import importlib.util
import personalize_local.dependencies as dependencies
dependencies.find_spec = lambda name: None if name == "ministack" else importlib.util.find_spec(name)
"""


def ran(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    environment = {name: value for name, value in os.environ.items() if name != "JSII_NODE"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_without_the_extra_a_test_that_uses_it_fails_in_one_line_and_others_run(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(WITHOUT)
    (tmp_path / "test_it.py").write_text(f"{ASKS}\ndef test_does_not(): pass")
    ended = ran(tmp_path)
    assert "1 passed, 1 error" in ended.stdout
    assert f"local_cloud: ministack not installed; run: {install_command('local')}" in ended.stdout
    assert "Traceback" not in ended.stdout


def test_a_run_that_does_not_use_it_loads_no_slow_module(tmp_path: Path) -> None:
    loaded = "import sys\ndef test_it(): assert not {'boto3', 'ministack', 'aws_cdk'} & set(sys.modules)"
    (tmp_path / "test_it.py").write_text(loaded)
    assert ran(tmp_path).returncode == 0


def test_the_cdk_uses_the_node_of_the_environment_unless_another_is_chosen(tmp_path: Path) -> None:
    # In a conftest.py: this is when many tests import aws_cdk, and that starts Node.
    (tmp_path / "conftest.py").write_text("import os\nNODE = os.environ.get('JSII_NODE')")
    (tmp_path / "test_it.py").write_text("from conftest import NODE\ndef test_it(): print(NODE)")
    assert str(Path(sys.executable).with_name("node")) in ran(tmp_path, "-s").stdout
