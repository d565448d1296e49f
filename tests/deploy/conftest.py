"""Fixtures: a bootstrapped local AWS per test process with a fast clock, and a stack per test."""

from collections.abc import Iterator
from hashlib import sha256

import pytest

from personalize_local.server.options import Options
from tests.deploy.support.cloud import Cloud, running_cloud
from tests.deploy.support.stack_under_test import StackUnderTest

_NAME_LENGTH_MAX = 24
_DIGEST_LENGTH = 6
OPTIONS = Options(speed=100, import_seconds=240)


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with running_cloud(tmp_path_factory.mktemp("cloud"), OPTIONS) as cloud:
        yield cloud


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A name for stacks and resources that is unique to the test, and short enough for generated names."""
    words = request.node.name.split("[")[0].removeprefix("test_").split("_")
    name = "".join(word.capitalize() for word in words)
    digest = sha256(name.encode()).hexdigest()[:_DIGEST_LENGTH]
    return name if len(name) <= _NAME_LENGTH_MAX else f"{name[: _NAME_LENGTH_MAX - _DIGEST_LENGTH]}{digest}"


@pytest.fixture
def stack(cloud: Cloud, name: str, request: pytest.FixtureRequest) -> Iterator[StackUnderTest]:
    """The stack of a test with faults, unique to its parameters; all faults are removed after the test."""
    digest = sha256(request.node.nodeid.encode()).hexdigest()[:_DIGEST_LENGTH]
    stack = StackUnderTest(cloud, f"{name[: _NAME_LENGTH_MAX - _DIGEST_LENGTH]}{digest}")
    yield stack
    cloud.aws.control("POST", "reset")
