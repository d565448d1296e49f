"""Signals that end a command after it has removed its temporary files."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final, NoReturn

from personalize_import_cli.exit_codes import HUNG_UP, TERMINATED

_EXIT_CODES: Final = {signal.SIGTERM: TERMINATED, signal.SIGHUP: HUNG_UP}


class SignalExit(BaseException):
    """Raised by a signal that ends the process. It is no `Exception`, so that no handler in between catches it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = _EXIT_CODES[signal.Signals(number)]


@contextmanager
def exit_on_signals() -> Iterator[None]:
    """Raise `SignalExit` in the block for SIGTERM and SIGHUP, unless they are ignored, as `nohup` does."""
    before = {number: signal.getsignal(number) for number in _EXIT_CODES}

    def end(number: int, _frame: FrameType | None) -> NoReturn:
        for each in _EXIT_CODES:
            signal.signal(each, signal.SIG_IGN)  # a second signal would interrupt the removal of files
        raise SignalExit(number)

    for number, handler in before.items():
        if handler == signal.SIG_DFL:
            signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
