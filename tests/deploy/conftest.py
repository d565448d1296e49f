"""One local AWS for each test process, in fast time, bootstrapped for the CDK."""

from collections.abc import Iterator
from hashlib import sha256

import pytest

from personalize_local.server.options import Options
from tests.deploy.support.cloud import Cloud, running_cloud
from tests.deploy.support.direct import Row

_NAME_LENGTH_MAX = 24
_DIGEST_LENGTH = 6
OPTIONS = Options(speed=100, import_seconds=240)


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with running_cloud(tmp_path_factory.mktemp("cloud"), OPTIONS) as cloud:
        yield cloud


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A name that no other test has: of stacks, and of what is in them; names that are generated have all of it."""
    words = request.node.name.split("[")[0].removeprefix("test_").split("_")
    name = "".join(word.capitalize() for word in words)
    digest = sha256(name.encode()).hexdigest()[:_DIGEST_LENGTH]
    return name if len(name) <= _NAME_LENGTH_MAX else f"{name[: _NAME_LENGTH_MAX - _DIGEST_LENGTH]}{digest}"


@pytest.fixture
def row(cloud: Cloud, name: str, request: pytest.FixtureRequest) -> Iterator[Row]:
    """The stack of a test that orders faults, each of its parameters' own; the orders end with the test."""
    digest = sha256(request.node.nodeid.encode()).hexdigest()[:_DIGEST_LENGTH]
    row = Row(cloud, f"{name[: _NAME_LENGTH_MAX - _DIGEST_LENGTH]}{digest}")
    yield row
    cloud.aws.control("POST", "reset")
