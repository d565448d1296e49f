"""One local AWS for each test process, in fast time, bootstrapped for the CDK."""

from collections.abc import Iterator

import pytest

from personalize_local.configuration import ACCOUNT, Options
from personalize_local.server import LocalAws
from tests.deploy.cloud import Cloud

OPTIONS = Options(speed=100, import_seconds=240)


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    folder = tmp_path_factory.mktemp("cloud")
    with (folder / "local-aws.log").open("wb") as log, LocalAws(OPTIONS, log) as aws:
        cloud = Cloud(aws, folder)
        cloud.cdk.run("bootstrap", f"aws://{ACCOUNT}/{OPTIONS.region}")
        yield cloud


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A name that no other test has: of stacks, and of what is in them."""
    words = request.node.name.split("[")[0].removeprefix("test_").split("_")
    return "".join(word.capitalize() for word in words)[:30]
