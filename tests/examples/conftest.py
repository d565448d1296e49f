"""A local AWS that is bootstrapped for the CDK, and a copy of the examples that commands may change."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from personalize_local.server.options import Options
from tests.deploy.support.cloud import Cloud, running_cloud
from tests.examples.support.readme import EXAMPLES, ROOT

BIN = Path(sys.executable).parent
# What `make` needs beside an example, in its place.
BESIDE = ["Makefile", "pyproject.toml", "locks", "local_aws", ".venv"]

Run = Callable[[str, str], str]


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with running_cloud(tmp_path_factory.mktemp("examples-aws"), Options(speed=100, import_seconds=240)) as cloud:
        yield cloud


@pytest.fixture
def run(cloud: Cloud, tmp_path: Path) -> Run:
    """Run commands in an example's folder, as a shell does; the output of what fails is shown."""
    for name in BESIDE:
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copytree(EXAMPLES, tmp_path / "examples", ignore=shutil.ignore_patterns("cdk.out", "__pycache__"))
    environment = {
        **cloud.aws.process_environment(),
        "PATH": f"{BIN}{os.pathsep}{os.defpath}",
        "CDK_DISABLE_CLI_TELEMETRY": "true",
    }

    def run(example: str, commands: str) -> str:
        ran = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            cwd=tmp_path / "examples" / example,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert ran.returncode == 0, ran.stdout
        return ran.stdout

    return run
