"""The folder that keeps the state: one run at a time, and interrupted runs are detected."""

from pathlib import Path

import pytest
from demo.kept_state import InUseError, kept_state

from personalize_local.cdk_cli import CdkError


def test_only_one_run_at_a_time_uses_the_folder(folder: Path) -> None:
    with kept_state(folder), pytest.raises(InUseError, match=f"another run is using {folder}"), kept_state(folder):
        pass
    with kept_state(folder) as state:
        assert not state.exists


@pytest.mark.parametrize("end", [KeyboardInterrupt, OSError, SystemExit])
def test_a_run_that_did_not_end_was_interrupted(folder: Path, end: type[BaseException]) -> None:
    with pytest.raises(end):
        _change(folder, end())
    with kept_state(folder) as state:
        assert state.was_interrupted
        state.undo()
        assert not state.was_interrupted
        assert not state.exists


def test_an_interrupted_run_is_undone_and_earlier_runs_are_not(folder: Path) -> None:
    with kept_state(folder) as state, state.changing():
        state.path.mkdir()
        (state.path / "stacks").write_text("earlier")
    with pytest.raises(KeyboardInterrupt):
        _change(folder, KeyboardInterrupt(), "in progress")
    with kept_state(folder) as state:
        state.undo()
        assert (state.path / "stacks").read_text() == "earlier"
        assert not state.was_interrupted
        assert [path.name for path in folder.iterdir() if path.is_dir()] == ["state"]


def test_a_deploy_that_failed_was_not_interrupted(folder: Path) -> None:
    """CloudFormation has rolled it back to the previous state."""
    with pytest.raises(CdkError):
        _change(folder, CdkError(("deploy",)))
    with kept_state(folder) as state:
        assert state.exists
        assert not state.was_interrupted


def test_removing_the_state_removes_only_the_given_folders(folder: Path) -> None:
    with kept_state(folder) as state:
        state.path.mkdir()
        (folder / "sample").mkdir()
        (folder / "of-the-user").touch()
        state.remove("sample")
    assert [path.name for path in folder.iterdir()] == ["of-the-user"]
    (folder / "of-the-user").unlink()
    with kept_state(folder) as state:
        state.remove("sample")
    assert not folder.exists()


def _change(folder: Path, end: BaseException, content: str = "") -> None:
    with kept_state(folder) as state, state.changing():
        state.path.mkdir(exist_ok=True)
        (state.path / "stacks").write_text(content)
        raise end
