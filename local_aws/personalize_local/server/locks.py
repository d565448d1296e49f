"""What a server has for itself as long as it runs: its port, and the folder that keeps its state."""

import fcntl
import os
import shlex
import socket
import stat
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Final

from personalize_local.server.configuration import HOST

# What an earlier version kept the state of Personalize in; reading it would run code that is in it.
_EARLIER: Final = "personalize.pickle"
_WRITABLE_BY_OTHERS: Final = stat.S_IWGRP | stat.S_IWOTH


class TakenError(Exception):
    """Somebody else has it, or it can't be had at all."""


def claim_port(port: int) -> socket.socket:
    """Listen on a port of loopback, 0 for a free one; raise `TakenError`."""
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise TakenError(f"port {port} of {HOST} can't be taken: {reason}; port 0 takes a free one") from error


def claim_folder(folder: Path | None) -> AbstractContextManager[object]:
    """Lock the folder of the state, if there is one, until the process ends; raise `TakenError`."""
    if folder is None:
        return nullcontext()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _require_own(folder)
        lock = (folder / "lock").open("w")
    except OSError as error:
        raise TakenError(f"{folder} can't keep the state: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise TakenError(f"{folder} is used by another local AWS") from error
    return lock


def _require_own(folder: Path) -> None:
    """Raise TakenError unless everything in the folder is of this user: a server trusts the state that it loads."""
    found = folder.stat()
    if found.st_uid != os.geteuid():
        raise TakenError(f"{folder} belongs to another user; the state is kept only in a folder of your own")
    if found.st_mode & _WRITABLE_BY_OTHERS:
        raise TakenError(f"{folder} can be written to by other users; run: chmod go-w {shlex.quote(str(folder))}")
    if (folder / _EARLIER).exists():
        raise TakenError(f"{folder} was written by an earlier version, whose state is not read; delete it")
