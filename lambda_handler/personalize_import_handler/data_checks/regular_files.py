"""Local regular files. Reading a FIFO or a device may never end, and may have side effects."""

import errno
import os
import stat
from io import FileIO
from typing import Final

_KINDS: Final = {
    stat.S_IFIFO: "a FIFO",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}
_NON_BLOCKING: Final = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
"""With O_NONBLOCK, opening a FIFO doesn't wait for a writer; reading a regular file is not affected."""


def other_kind(path: str | os.PathLike[str]) -> str | None:
    """Return the kind of a path that is neither file nor folder, else None; raise OSError if it can't be accessed."""
    return _KINDS.get(stat.S_IFMT(os.stat(path).st_mode))  # noqa: PTH116 - a str keeps its form in messages


def require_regular(path: str | os.PathLike[str], mode: int) -> None:
    """Raise OSError unless `mode` is the mode of a regular file."""
    if stat.S_ISREG(mode):
        return
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
    kind = _KINDS.get(stat.S_IFMT(mode), "something else")
    raise OSError(errno.EINVAL, f"this is {kind}; only a regular file is read", os.fspath(path))


def open_regular(path: str | os.PathLike[str]) -> FileIO:
    """Open a regular file to read bytes; raise OSError for anything else, without reading or waiting."""
    require_regular(path, os.stat(path).st_mode)  # noqa: PTH116 - devices are not even opened
    file = FileIO(path, opener=lambda name, flags: os.open(name, flags | _NON_BLOCKING))
    try:
        require_regular(path, os.fstat(file.fileno()).st_mode)  # the path may have been replaced since
    except OSError:
        file.close()
        raise
    return file
