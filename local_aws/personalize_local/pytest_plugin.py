"""The pytest plugin: the fixture `local_cloud`, a local AWS for the tests of one run.

pytest loads this module in every environment with the package, also without the extra `[local]`. The fixtures therefore
import the dependencies of the extra, and slow modules, only when they are used.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from personalize_local.dependencies import missing_dependencies

if TYPE_CHECKING:
    from personalize_local.local_cloud import LocalCloud
    from personalize_local.server.options import Options


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Configure the CDK to use the Node of this Python environment, before any module imports aws_cdk."""
    node = Path(sys.executable).with_name("node")
    if node.exists():
        os.environ.setdefault("JSII_NODE", str(node))


@pytest.fixture(scope="session")
def local_cloud_options() -> "Options":
    """Options of the local AWS, for overriding. Default: an import takes a simulated minute, at speed 60."""
    _require_extra()
    from personalize_local.server.options import Options

    return Options(speed=60, import_seconds=60)


@pytest.fixture(scope="session")
def local_cloud(local_cloud_options: "Options", tmp_path_factory: pytest.TempPathFactory) -> Iterator["LocalCloud"]:
    """A local AWS, including Personalize, bootstrapped for the CDK; it runs until the end of the session."""
    _require_extra()
    from personalize_local.local_cloud import LocalCloud
    from personalize_local.server.launcher import LocalAws

    with LocalAws(local_cloud_options) as aws:
        cloud = LocalCloud(aws, tmp_path_factory.mktemp("local-cloud"))
        cloud.bootstrap()
        yield cloud


def _require_extra() -> None:
    if missing := missing_dependencies():
        pytest.fail(f"local_cloud: {missing}", pytrace=False)
