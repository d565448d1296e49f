"""A terminal that shows what a person would see: pyte obeys all that is written to it."""

import fcntl
import os
import select
import struct
import termios
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pyte

from tests.cli.support.runs import Ended, OnTerminal

DEADLINE_SECONDS = 60


class Recorder(OnTerminal):
    """A run on a terminal whose screen can be read at any time."""

    def __init__(
        self, *arguments: str | Path, columns: int = 110, lines: int = 12, env: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(*arguments, columns=columns, env={**(env or {}), "LINES": str(lines)})
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        self._written = b""

    @property
    def screen(self) -> str:
        """What the terminal shows, without the empty lines below."""
        return "\n".join(line.rstrip() for line in self._screen.display).rstrip()

    @property
    def cursor_is_hidden(self) -> bool:
        """Whether whoever types next would see no cursor."""
        return bool(self._screen.cursor.hidden)

    def read_until_shown(self, shows: Callable[[str], object]) -> str:
        """Read until the screen shows something, and return the screen."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not shows(self.screen):
            assert time.monotonic() < deadline, self.screen
            assert self._read(), self.screen
        return self.screen

    def ended(self) -> Ended:
        """Wait for the end; the output is what is on the screen then."""
        while self._read():
            pass
        os.close(self._master)
        assert b"Traceback" not in self._written, self._written
        return Ended(self.process.wait(60), self.screen, "")

    def _read(self) -> bool:
        """Take in what has been written; False at the end."""
        if not select.select([self._master], [], [], 1)[0]:
            return True
        try:
            written = os.read(self._master, 1 << 16)
        except OSError:  # Linux says so when nobody has the other end open any more
            return False
        self._written += written
        self._stream.feed(written)
        return bool(written)
