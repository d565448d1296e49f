"""What keeps a command from running, in one line."""

from typing import Final

from personalize_import_handler.contract.printable import printable

LINE_LENGTH_MAX: Final = 1000


class CommandError(Exception):
    """The command could not do what it was asked to; the message says in one line what and where."""

    def __init__(self, message: str) -> None:
        super().__init__(shortened(" ".join(message.split()), LINE_LENGTH_MAX))


def command_error(error: OSError, path: str) -> CommandError:
    """Tell what the operating system has said of a file."""
    return CommandError(f"{error.filename or path}: {error.strerror or error}")


def shortened(text: str, length: int) -> str:
    """Return a text on one line, cut where it is longer, with escapes for characters that are not to be seen."""
    shown = printable(text[: length + 1])
    return shown if len(shown) <= length else f"{shown[: length - 1]}…"
