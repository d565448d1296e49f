"""Errors that end a command with one line on standard error."""

from typing import Final

from personalize_import_handler.contract.printable import printable

_LENGTH_MAX: Final = 1000


class CommandError(Exception):
    """The command can't continue; the message is one line with the problem and its place."""

    def __init__(self, message: str) -> None:
        super().__init__(shortened(" ".join(message.split()), _LENGTH_MAX))


class UnavailableError(CommandError):
    """A service can't be reached or is busy; a retry may succeed."""


def command_error(error: OSError | ValueError, path: str) -> CommandError:
    """Return an error about a file, or about a path that isn't valid, as a `CommandError`."""
    if isinstance(error, OSError):
        return CommandError(f"{error.filename or path}: {error.strerror or error}")
    return CommandError(f"{path}: {error}")


def shortened(text: str, length: int) -> str:
    """Return a text on one line, cut to a length, with unprintable characters escaped."""
    shown = printable(text[: length + 1])
    return shown if len(shown) <= length else f"{shown[: length - 1]}…"
