"""The gate breaks the guards of what has changed, and only a sample if that is unknown."""

from pathlib import Path

import pytest

from tests.mutations import changed
from tests.mutations.changed import GUARDS_MAX, SAMPLE, changed_files, guards_to_break
from tests.mutations.patches import Patch

GUARDS = [
    Patch(f"package/file_{number % 10}.py", f"handler/test_{number % 10}.py::test_it", f"guard {number}", "a", "b")
    for number in range(100)
]


def test_guards_of_changed_files_and_of_changed_tests_are_broken() -> None:
    broken = guards_to_break(
        GUARDS, {"lambda_handler/personalize_import_handler/package/file_1.py", "tests/handler/test_2.py", "README.md"}
    )

    assert {patch.file for patch in broken} == {"package/file_1.py", "package/file_2.py"}


def test_a_change_of_many_files_is_covered_by_a_sample_of_each() -> None:
    files = {f"lambda_handler/personalize_import_handler/package/file_{number}.py" for number in range(9)}

    broken = guards_to_break(GUARDS, files)

    assert GUARDS_MAX / 2 < len(broken) <= GUARDS_MAX
    assert len({patch.file for patch in broken}) > 1


@pytest.mark.parametrize("changed", [None, set(), {"README.md"}])
def test_a_sample_is_broken_if_the_handler_is_unchanged_or_the_changes_are_unknown(changed: set[str] | None) -> None:
    assert len(guards_to_break(GUARDS, changed)) == SAMPLE


def test_without_history_the_changes_are_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changed, "ROOT", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    assert changed_files() is None
