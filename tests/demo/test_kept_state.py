"""The folder that keeps the state: one run at a time, and interrupted runs are detected."""

from pathlib import Path

import pytest
from demo.kept_state import InUseError, kept_state

from personalize_local.cdk_cli import CdkFailed


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
        state.delete()
        assert not state.was_interrupted


def test_a_deploy_that_failed_was_not_interrupted(folder: Path) -> None:
    """CloudFormation has rolled it back to the previous state."""
    with pytest.raises(CdkFailed):
        _change(folder, CdkFailed(("deploy",)))
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


def _change(folder: Path, end: BaseException) -> None:
    with kept_state(folder) as state, state.changing():
        state.path.mkdir()
        raise end
