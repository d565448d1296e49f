"""The lock files have every requirement, with hashes, and nothing of the machine that wrote them."""

import importlib.metadata
import re

import pytest
from packaging.requirements import Requirement

from tests.package.support import locks
from tests.package.support.builds import ROOT
from tests.package.support.locks import LOCKS
from tests.package.test_interpreters import CLAIMED

ENVIRONMENTS = [
    {"python_version": f"3.{minor}", "python_full_version": f"3.{minor}.9", "sys_platform": platform}
    for minor in CLAIMED
    for platform in ("linux", "darwin")
]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_locked_for_every_version_of_python(lock: str) -> None:
    assert {str(environment): locks.unmet(lock, environment) for environment in ENVIRONMENTS} == {
        str(environment): [] for environment in ENVIRONMENTS
    }, "run `make lock`"


@pytest.mark.parametrize("lock", LOCKS)
def test_a_removed_requirement_is_no_longer_locked(lock: str) -> None:
    assert locks.direct(lock) == {requirement.name.lower() for requirement in locks.required(lock)}, "run `make lock`"


@pytest.mark.parametrize("change", ["crhelper==2.0.11", "ruff>=99", "requests-that-nobody-locked"])
def test_an_unmet_requirement_is_detected(change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "required", lambda lock: [Requirement(change), Requirement("boto3>=1.40")])

    assert locks.unmet("dev", ENVIRONMENTS[0]) == [change]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_is_one_version_with_hashes_from_the_index(lock: str) -> None:
    pins = locks.locked(lock)

    assert [pin for pin in pins if not re.fullmatch(r"[a-z0-9][a-z0-9-]*==[\w.+]+( ; .+)?", pin)] == []
    assert [pin for pin, hashes in pins.items() if not hashes] == []
    assert [file for hashes in pins.values() for file in hashes if not re.fullmatch(r"sha256:[0-9a-f]{64}", file)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_contains_no_host_and_no_folder(lock: str) -> None:
    assert re.findall(r"\S*(?:://|file:|index-url|find-links|@|/\w+/)\S*", locks.text_of(lock)) == []


def test_both_locks_of_one_environment_have_the_same_versions() -> None:
    environment = ENVIRONMENTS[0]
    build, dev = locks.pins("build", environment), locks.pins("dev", environment)

    assert {name: dev[name] for name in build.keys() & dev.keys()} == {
        name: build[name] for name in build.keys() & dev.keys()
    }


def test_the_development_lock_covers_every_extra() -> None:
    (line,) = [line for line in (ROOT / "requirements-dev.txt").read_text().splitlines() if line.startswith("-e .")]

    assert set(re.findall(r"\w+", line)) - {"e"} == set(locks.PYPROJECT["project"]["optional-dependencies"])


def test_these_tests_run_with_the_locked_packages() -> None:
    pins = locks.pins("dev", {})

    assert {name: importlib.metadata.version(name) for name in pins} == pins, "run `make install`"
