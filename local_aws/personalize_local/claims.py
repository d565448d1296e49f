"""What a server has for itself as long as it runs: its port, and the folder that keeps its state."""

import fcntl
import os
import socket
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from personalize_local.configuration import HOST


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
        lock = (folder / "lock").open("w")
    except OSError as error:
        raise TakenError(f"{folder} can't keep the state: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise TakenError(f"{folder} is used by another local AWS") from error
    return lock
