"""A service with fakes for each test, and one fast local AWS for each test process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from personalize_local.server.options import Options
from tests.deploy.support.cloud import Cloud, running_cloud
from tests.local_aws.support.fakes import World, new_world

OPTIONS = Options(speed=100, import_seconds=10)


@pytest.fixture
def world() -> World:
    return new_world()


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with running_cloud(tmp_path_factory.mktemp("local-aws"), OPTIONS, bootstrapped=False) as cloud:
        yield cloud


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A name that no other test has; for buckets too, so in small letters."""
    words = request.node.name.replace("[", "-").strip("]").removeprefix("test_").replace("_", "-").lower()
    return "".join(letter for letter in words if letter.isalnum() or letter == "-")[-50:].strip("-")


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which every process started by the test makes its temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder
