"""One local AWS for each test process, in fast time, bootstrapped for the CDK."""

from collections.abc import Iterator
from hashlib import sha256

import pytest

from personalize_local.configuration import ACCOUNT, Options
from personalize_local.server import LocalAws
from tests.deploy.cloud import Cloud
from tests.deploy.direct import Row
from tests.secrets import lines_with_secrets

OPTIONS = Options(speed=100, import_seconds=240)


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    folder = tmp_path_factory.mktemp("cloud")
    with (folder / "local-aws.log").open("wb") as log, LocalAws(OPTIONS, log) as aws:
        cloud = Cloud(aws, folder)
        cloud.cdk.run("bootstrap", f"aws://{ACCOUNT}/{OPTIONS.region}")
        yield cloud
        lines = cloud.log_lines()
    lines += (folder / "local-aws.log").read_text(errors="replace").splitlines()
    assert lines_with_secrets(lines) == []


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A name that no other test has: of stacks, and of what is in them."""
    words = request.node.name.split("[")[0].removeprefix("test_").split("_")
    return "".join(word.capitalize() for word in words)[:30]


@pytest.fixture
def row(cloud: Cloud, name: str, request: pytest.FixtureRequest) -> Iterator[Row]:
    """The stack of a test that orders faults, each of its parameters' own; the orders end with the test."""
    digest = sha256(request.node.nodeid.encode()).hexdigest()[:6]
    row = Row(cloud, f"{name[:20]}{digest}")
    yield row
    cloud.aws.switchboard("POST", "reset")
