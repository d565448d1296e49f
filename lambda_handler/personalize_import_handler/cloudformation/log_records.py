"""Log records whose text cannot forge another record: https://cwe.mitre.org/data/definitions/117.html."""

import logging
import traceback
from typing import Any

from personalize_import_handler.contract.printable import printable


class PrintableRecord(logging.LogRecord):
    """A record whose message is one line, and whose traceback has no other lines than Python's own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - those of the base class
        super().__init__(*args, **kwargs)
        if self.exc_info and self.exc_info[0]:
            self.exc_text = _printable_traceback(self.exc_info[1])

    def getMessage(self) -> str:  # noqa: N802 - the name in the base class
        """Return the message with its arguments, escaped."""
        return printable(super().getMessage())


def escape_all() -> None:
    """Make every logger of the process create such records, those of libraries included."""
    logging.setLogRecordFactory(PrintableRecord)


def _printable_traceback(error: BaseException | None) -> str:
    return "\n".join(line for part in traceback.format_exception(error) for line in _lines_of(part))


def _lines_of(part: str) -> list[str]:
    """Return the lines of a part of a traceback: a frame has several, an exception one, whatever its message has."""
    text = part.strip("\n")
    return [printable(line) for line in (text.split("\n") if text.startswith("  File ") else [text])]
