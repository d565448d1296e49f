"""The folder between two runs: one run at a time, and nothing half done for the next."""

from pathlib import Path

import pytest
from demo.kept_state import InUseError, kept_state

from personalize_local.cdk_cli import CdkError


def test_only_one_run_at_a_time_uses_the_folder(folder: Path) -> None:
    with kept_state(folder), pytest.raises(InUseError, match=f"another run is using {folder}"), kept_state(folder):
        pass
    with kept_state(folder) as state:
        assert not state.is_there


@pytest.mark.parametrize("end", [KeyboardInterrupt, OSError, SystemExit])
def test_what_was_not_brought_to_its_end_is_half_done(folder: Path, end: type[BaseException]) -> None:
    with pytest.raises(end):
        _change(folder, end())
    with kept_state(folder) as state:
        assert state.is_half_done
        state.forget()
        assert not state.is_half_done


def test_a_deploy_that_failed_is_not_half_done(folder: Path) -> None:
    """CloudFormation has rolled it back, and what was there before still is."""
    with pytest.raises(CdkError):
        _change(folder, CdkError(("deploy",)))
    with kept_state(folder) as state:
        assert state.is_there
        assert not state.is_half_done


def test_removing_it_removes_what_was_made_there_and_no_more(folder: Path) -> None:
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
