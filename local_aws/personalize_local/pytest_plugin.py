"""The pytest plugin: the fixture `local_cloud`, an AWS on this machine for the tests of one run.

pytest loads this wherever the package is installed, with or without the extra: what the extra brings, and what takes
time to load, is imported by the fixtures.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from personalize_local.dependencies import missing_of_extra

if TYPE_CHECKING:
    from personalize_local.local_cloud import LocalCloud
    from personalize_local.server.configuration import Options


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Let the CDK use the Node that is installed beside this interpreter, before anything imports aws_cdk."""
    node = Path(sys.executable).with_name("node")
    if node.exists():
        os.environ.setdefault("JSII_NODE", str(node))


@pytest.fixture(scope="session")
def local_cloud_options() -> "Options":
    """How the local AWS runs: an import takes a minute of its time, which runs 60 times as fast. To be overridden."""
    _require_the_extra()
    from personalize_local.server.configuration import Options

    return Options(speed=60, import_seconds=60)


@pytest.fixture(scope="session")
def local_cloud(local_cloud_options: "Options", tmp_path_factory: pytest.TempPathFactory) -> Iterator["LocalCloud"]:
    """An AWS on this machine, Personalize included, bootstrapped for the CDK; it ends with the run."""
    _require_the_extra()
    from personalize_local.local_cloud import LocalCloud
    from personalize_local.server.launcher import LocalAws

    with LocalAws(local_cloud_options) as aws:
        cloud = LocalCloud(aws, tmp_path_factory.mktemp("local-cloud"))
        cloud.bootstrap()
        yield cloud


def _require_the_extra() -> None:
    if missing := missing_of_extra():
        pytest.fail(f"local_cloud: {missing}", pytrace=False)
