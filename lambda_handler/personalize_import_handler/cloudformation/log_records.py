"""Log records whose text cannot forge another record: https://cwe.mitre.org/data/definitions/117.html."""

import logging
import traceback
from typing import Any

from personalize_import_handler.contract.printable import printable


class PrintableRecord(logging.LogRecord):
    """A record whose message is a single line, and whose traceback contains only Python's own line breaks."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as in the base class
        super().__init__(*args, **kwargs)
        if self.exc_info and self.exc_info[0]:
            self.exc_text = _printable_traceback(self.exc_info[1])

    def getMessage(self) -> str:  # noqa: N802 - the name in the base class
        """Return the message with its arguments, escaped."""
        return printable(super().getMessage())


def escape_all() -> None:
    """Make every logger in the process create such records, including those of libraries."""
    logging.setLogRecordFactory(PrintableRecord)


def _printable_traceback(error: BaseException | None) -> str:
    return "\n".join(line for part in traceback.format_exception(error) for line in _lines_of(part))


def _lines_of(part: str) -> list[str]:
    """Return the lines of a part of a traceback: several for a frame, only one for an exception with any message."""
    text = part.strip("\n")
    return [printable(line) for line in (text.split("\n") if text.startswith("  File ") else [text])]
