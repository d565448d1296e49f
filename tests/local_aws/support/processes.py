"""Running processes, and the files and sockets that they have open."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from personalize_local.server.options import Options

SERVE = [sys.executable, "-m", "personalize_local", json.dumps(asdict(Options()))]


def is_alive(pid: int) -> bool:
    """Return whether a process runs; a zombie doesn't."""
    listed = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return listed.stdout.strip()[:1] not in ("", "Z")


def descendants(pid: int) -> set[int]:
    """Return the child processes of a process, theirs included."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    parents = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()]
    found, wanted = set[int](), {pid}
    while wanted:
        wanted = {child for child, parent in parents if parent in wanted}
        found |= wanted
    return found


def listeners(pids: Sequence[int]) -> set[str]:
    """Return the addresses on which processes listen, in the kernel's format."""
    inodes = {file for pid in pids for file in open_files(pid)}
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            _number, local, _remote, state, *_more = line.split()
            if state == "0A" and f"socket:[{line.split()[9]}]" in inodes:
                found.add(local)
    return found


def open_files(pid: int) -> set[str]:
    """Return the files and sockets that a process has open; sockets in the kernel's format."""
    return {_target(link) for link in Path(f"/proc/{pid}/fd").iterdir()}


def _target(link: Path) -> str:
    try:
        return os.readlink(link)  # noqa: PTH115 - no path of a file
    except OSError:
        return ""  # closed meanwhile


def accept_ctrl_c() -> None:
    """As `preexec_fn`: make Ctrl+C end the new process even if this one ignores it, like background jobs of a shell."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
