"""What keeps a command from running, in one line."""

from typing import Final

LINE_LENGTH_MAX: Final = 1000


class CannotRun(Exception):
    """The command could not do what it was asked to; the message says in one line what and where."""

    def __init__(self, message: str) -> None:
        super().__init__(printable(" ".join(message.split()), LINE_LENGTH_MAX))


def of_os_error(error: OSError, path: str) -> CannotRun:
    """Tell what the operating system has said of a file."""
    return CannotRun(f"{error.filename or path}: {error.strerror or error}")


def printable(text: str, length: int) -> str:
    """Shorten a text, and write what a terminal would obey to, or can't show, as an escape."""
    shown = "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text[: length + 1]
    )
    return shown if len(shown) <= length else f"{shown[: length - 1]}…"
