"""Fixtures of the conformance tests, and the recording of their results.

The tests use the account that boto3 finds in the environment. They run only with the variable CONFORMANCE_RUN, which
`python -m tests.conformance` sets, so that a plain `pytest` uses no account.
"""

import os
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any, Final

import pytest

from tests.conformance.support.assumptions import Assumption
from tests.conformance.support.data import USERS
from tests.conformance.support.imports import EndedJob, Imports
from tests.conformance.support.plan import SHARED_JOBS
from tests.conformance.support.recording import CONFIRMED, CONTRADICTED, Observations, Recording
from tests.conformance.support.resources import Resources
from tests.conformance.support.target import Target

_RUN: Final = os.environ.get("CONFORMANCE_RUN", "")
_TARGET: Final = pytest.StashKey[Target]()
_SEEN: Final = pytest.StashKey[Observations]()

collect_ignore_glob = [] if _RUN else ["test_*.py"]


def pytest_configure(config: pytest.Config) -> None:
    """Create the target, without any request."""
    if _RUN:
        config.stash[_TARGET] = Target(_RUN)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip assumptions that are already recorded, unless CONFORMANCE_AGAIN is set."""
    if not _RUN or os.environ.get("CONFORMANCE_AGAIN"):
        return
    recorded = _recording().results
    done = [item for item in items if _assumption(item) and item.name in recorded]
    items[:] = [item for item in items if item not in done]
    config.hook.pytest_deselected(items=done)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Record a result: an assertion that fails contradicts the assumption, any other exception shows nothing."""
    report = yield
    error = call.excinfo.value if call.excinfo else None
    if call.when == "call" and _assumption(item) and (error is None or isinstance(error, AssertionError)):
        target = item.config.stash[_TARGET]
        _, caller = target.identity
        _recording().add(
            item.name,
            CONTRADICTED if error else CONFIRMED,
            item.stash.get(_SEEN, Observations()),
            target={
                "caller": caller,
                "run": target.run,
                "region": target.region,
                "endpoint": target.endpoint,
            },
            problem=str(error).partition("\n")[0] if error else "",
        )
    return report


def _assumption(item: pytest.Item) -> Assumption | None:
    mark = item.get_closest_marker("assumption")
    return mark.args[0] if mark else None


def _recording() -> Recording:
    return Recording(Path(os.environ["CONFORMANCE_RECORDING"]))


@pytest.fixture(scope="session")
def target(request: pytest.FixtureRequest) -> Target:
    return request.config.stash[_TARGET]


@pytest.fixture
def seen(request: pytest.FixtureRequest) -> Observations:
    """The observations of the test, for the recording."""
    seen: Observations = request.node.stash.setdefault(_SEEN, Observations())
    return seen


@pytest.fixture(scope="session")
def resources(target: Target) -> Resources:
    return Resources(target)


@pytest.fixture(scope="session")
def bucket(resources: Resources) -> str:
    return resources.bucket("data")


@pytest.fixture(scope="session")
def role(resources: Resources) -> str:
    return resources.role("import")


@pytest.fixture(scope="session")
def users_schema(resources: Resources) -> str:
    return resources.schema("users", "Users")


@pytest.fixture(scope="session")
def group(resources: Resources) -> str:
    return resources.dataset_group("shared")


@pytest.fixture(scope="session")
def users(resources: Resources, group: str, users_schema: str) -> str:
    """The ARN of a Users dataset."""
    return resources.dataset(group, "Users", users_schema)


@pytest.fixture(scope="session")
def interactions(resources: Resources, group: str) -> str:
    """The ARN of an Interactions dataset."""
    return resources.dataset(group, "Interactions", resources.schema("interactions"))


@pytest.fixture(scope="session")
def new_group(resources: Resources) -> str:
    """The ARN of a dataset group whose datasets get no import jobs, except by the tests that create them."""
    return resources.dataset_group("new")


@pytest.fixture(scope="session")
def location(resources: Resources, bucket: str) -> str:
    """The location of valid data for the Users dataset."""
    return resources.put(bucket, "users.csv", USERS)


@pytest.fixture(scope="session")
def first_job(target: Target, users: str, location: str, role: str) -> tuple[EndedJob, list[dict[str, Any]]]:
    """The first job of the Users dataset, which has ended, and the refusals while its role was new."""
    imports = Imports(target, role, SHARED_JOBS)
    arn, refusals = imports.start_when_role_is_usable(users, location, role)
    return imports.ended(arn), refusals


@pytest.fixture
def imports(
    request: pytest.FixtureRequest, target: Target, role: str, first_job: tuple[EndedJob, Iterable[Any]]
) -> Imports:
    """Starts the jobs of a test, once the role is usable."""
    assumption = _assumption(request.node)
    assert assumption
    return Imports(target, role, assumption.jobs)
