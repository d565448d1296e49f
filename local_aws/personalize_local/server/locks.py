"""The resources that a server locks while it runs: its port, and its state folder."""

import fcntl
import os
import shlex
import socket
import stat
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Final

from personalize_local.server.options import HOST

# The state files of earlier versions. Loading the pickle would run the code in it.
_EARLIER_FILES: Final = ("personalize.pickle", "personalize.json", "personalize-state.json")
_WRITABLE_BY_OTHERS: Final = stat.S_IWGRP | stat.S_IWOTH


class CannotServeError(Exception):
    """A port or state folder that the server can't use."""


def listen_on(port: int) -> socket.socket:
    """Listen on a port of loopback, 0 for a free one; raise `CannotServeError`."""
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise CannotServeError(
            f"can't listen on port {port} of {HOST}: {reason}; use port 0 for a free port"
        ) from error


def lock_folder(folder: Path | None) -> AbstractContextManager[object]:
    """Lock the state folder, if given, until the process ends; raise `CannotServeError`."""
    if folder is None:
        return nullcontext()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _require_own(folder)
        lock = (folder / "lock").open("w")
    except OSError as error:
        raise CannotServeError(f"can't keep the state in {folder}: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise CannotServeError(f"{folder} is used by another local AWS") from error
    return lock


def _require_own(folder: Path) -> None:
    """Raise `CannotServeError` if others can write to the folder: the server trusts the state that it loads."""
    status = folder.stat()
    if status.st_uid != os.geteuid():
        raise CannotServeError(f"{folder} belongs to another user; use a folder of your own")
    if status.st_mode & _WRITABLE_BY_OTHERS:
        raise CannotServeError(f"{folder} is writable by other users; run: chmod go-w {shlex.quote(str(folder))}")
    if any((folder / name).exists() for name in _EARLIER_FILES):
        raise CannotServeError(
            f"{folder} contains state of an earlier version, which can't be loaded; delete the folder"
        )
