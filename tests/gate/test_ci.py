"""CI and the pre-commit hook run the same commands as developers do."""

import os
import re
from typing import Any, Final

import pytest
import yaml

from tests.package.support.builds import ROOT

MAKEFILE: Final = (ROOT / "Makefile").read_text()
TARGETS: Final = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))


def loaded(path: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / path).read_text())
    return content


def commands_of(workflow: str) -> list[str]:
    jobs = loaded(f".github/workflows/{workflow}.yml")["jobs"].values()
    return [step["run"] for job in jobs for step in job["steps"] if "run" in step]


def marks_of(target: str) -> list[str]:
    """Return the expressions by which the recipe of a target selects tests."""
    recipe = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert recipe
    return re.findall(r"-m '?([a-z ]+?)'? -n", recipe[1])


def test_the_gate_of_ci_is_the_script_that_developers_run() -> None:
    assert commands_of("gate") == [".ci/run"]
    assert os.access(ROOT / ".ci/run", os.X_OK)


def test_the_script_installs_lints_and_runs_the_tests() -> None:
    script = (ROOT / ".ci/run").read_text()

    assert re.findall(r"^make (.+)$", script, re.MULTILINE) == ["install", "lint", "test", "test-slow"]


def test_all_tests_run_nightly() -> None:
    assert "make test-all" in commands_of("nightly")
    assert {command.removeprefix("make ") for command in commands_of("nightly")} <= TARGETS


def test_the_commit_hook_runs_the_same_lint() -> None:
    (repository,) = loaded(".pre-commit-config.yaml")["repos"]
    (hook,) = repository["hooks"]

    assert (repository["repo"], hook["language"], hook["entry"]) == ("local", "system", "make lint")


@pytest.mark.parametrize(("slow", "nightly"), [(False, False), (True, False), (False, True), (True, True)])
def test_every_test_is_run_by_exactly_one_target(slow: bool, nightly: bool) -> None:
    marks = [mark for target in ("test", "test-slow", "test-all") for mark in marks_of(target)]

    assert sum(eval(mark, {"slow": slow, "nightly": nightly}) for mark in marks) == 1
