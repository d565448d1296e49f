"""The folder that keeps what is deployed between two runs: one run at a time, and nothing half done for the next."""

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
        self._folder = folder
        self._in_use = folder / "in-use"

    @property
    def is_there(self) -> bool:
        """Whether anything is kept."""
        return self.path.exists()

    @property
    def is_half_done(self) -> bool:
        """Whether the last run was ended in its middle: its stack would stay in progress for ever."""
        return self.is_there and self._in_use.exists()

    def forget(self) -> None:
        """Begin anew."""
        shutil.rmtree(self.path, ignore_errors=True)

    def remove(self, *made: str) -> None:
        """Remove the state, what else was made in the folder, and the folder, unless somebody keeps things there."""
        self.forget()
        for name in made:
            shutil.rmtree(self._folder / name, ignore_errors=True)
        self._in_use.unlink(missing_ok=True)
        (self._folder / _LOCK).unlink(missing_ok=True)
        with suppress(OSError):
            self._folder.rmdir()

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Mark the state as half done until the block has ended, be it in a deploy that failed and was rolled back."""
        self._in_use.touch()
        try:
            yield
        except CdkError:
            self._in_use.unlink()
            raise
        self._in_use.unlink()


@contextmanager
def kept_state(folder: Path) -> Iterator[KeptState]:
    """Give the state to one run alone; raises `InUseError`."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise InUseError(f"another run is using {folder}; wait for its end") from error
        yield KeptState(folder)
