"""The commands of the docs, run unchanged."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.support.blocks import ROOT, text_of

BIN = Path(sys.executable).parent


@pytest.mark.slow
@pytest.mark.nightly
def test_the_commands_of_the_readme_deploy_the_demo_with_a_proposed_schema(tmp_path: Path) -> None:
    for name in ("app.py", "demo"):
        (tmp_path / name).symlink_to(ROOT / name)
    # No prompts.
    settings = json.loads((ROOT / "cdk.json").read_text()) | {"requireApproval": "never"}
    (tmp_path / "cdk.json").write_text(json.dumps(settings))
    # The columns of interactions.csv, the sample of ml_ops in aws-samples/amazon-personalize-samples.
    rows = [f"{number % 300},{number % 700},watch,{874_724_710 + number}\n" for number in range(1200)]
    (tmp_path / "interactions.csv").write_text("".join(["USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\n", *rows]))
    # It is installed, and this would install it again; tests/package have that.
    commands = text_of("README.md: pip install -r").replace("pip install -r requirements.txt\n", "")
    ended = subprocess.run(
        [BIN / "personalize-import", "local", "--bootstrap", "--speed", "60", "--", "bash", "-euc", commands],
        cwd=tmp_path,
        env={**os.environ, "CDK_DISABLE_CLI_TELEMETRY": "true"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert ended.returncode == 0, ended.stdout
    assert "Proposed schema for interactions.csv" in ended.stdout
    assert "PersonalizeDemoInteractions.Status = ACTIVE" in ended.stdout


def test_additional_options_are_accepted(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(text_of("docs/testing.md: import pytest"))
    (tmp_path / "test_it.py").write_text("def test_it(local_cloud_options): assert local_cloud_options.speed == 100")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode == 0
