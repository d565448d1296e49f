"""The folder that keeps the state between two runs. One run at a time can use it; an interrupted run is undone."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from personalize_local.cdk_cli import CdkError

_LOCK: Final = "lock"


class InUseError(Exception):
    """Another run is using the folder."""


class KeptState:
    """The state of the local AWS in a folder, locked by `kept_state`."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "state"
        self._before = folder / "state-before"
        self._folder = folder
        self._in_use = folder / "in-use"

    @property
    def exists(self) -> bool:
        """Return whether there is a state."""
        return self.path.exists()

    @property
    def was_interrupted(self) -> bool:
        """Return whether the previous run was interrupted, so that its stack would stay in progress forever."""
        return self._in_use.exists()

    def undo(self) -> None:
        """Restore the state before the interrupted run."""
        _copy(self._before, self.path)
        self._end_change()

    def remove(self, *folders: str) -> None:
        """Remove the state, these folders, and the folder itself if it is then empty."""
        for name in (self.path.name, self._before.name, *folders):
            shutil.rmtree(self._folder / name, ignore_errors=True)
        self._in_use.unlink(missing_ok=True)
        (self._folder / _LOCK).unlink(missing_ok=True)
        with suppress(OSError):
            self._folder.rmdir()

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Mark the state as interrupted until the block ends, or a deploy in it fails and is rolled back."""
        _copy(self.path, self._before)
        self._in_use.touch()
        try:
            yield
        except CdkError:
            self._end_change()
            raise
        self._end_change()

    def _end_change(self) -> None:
        self._in_use.unlink()
        shutil.rmtree(self._before, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    """Replace a folder by a copy of another one; remove it if there is no other one."""
    shutil.rmtree(target, ignore_errors=True)
    if source.exists():
        shutil.copytree(source, target)


@contextmanager
def kept_state(folder: Path) -> Iterator[KeptState]:
    """Lock the folder for one run; raises `InUseError`."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise InUseError(f"another run is using {folder}; wait until it has ended") from error
        yield KeptState(folder)
