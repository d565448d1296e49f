"""Output to standard output or to a file."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path
from stat import S_ISREG

from personalize_import_cli.errors import CommandError, command_error
from personalize_import_handler.data_checks.files import is_read


class OutputClosedError(Exception):
    """The reader of standard output has closed it."""


def write_out(text: str) -> None:
    """Write all of a text to standard output; raise `OutputClosedError` or `CommandError`."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        # The interpreter would flush the rest of the buffer when it exits, and print a traceback.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            raise OutputClosedError from error
        raise command_error(error, "standard output") from error


class OutputFile:
    """The file that the report is written to."""

    def __init__(self, path: str, file: FileIO) -> None:
        self._path = path
        self._file = file
        self.is_written = False

    def write(self, text: str) -> None:
        """Replace the content of the file by the report; raise `CommandError`."""
        try:
            if S_ISREG(os.fstat(self._file.fileno()).st_mode):
                self._file.truncate(0)
            content = memoryview(text.encode(errors="backslashreplace"))
            while content:
                content = content[self._file.write(content) :]
        except OSError as error:
            raise command_error(error, self._path) from error
        self.is_written = True


@contextmanager
def output_file(path: str, *inputs: str) -> Iterator[OutputFile]:
    """Open the file for the report before the check, which may take long; raise `CommandError`.

    A file that didn't exist before is removed if no report is written.
    """
    if any(_is_part(path, each) for each in inputs):
        raise CommandError(f"{path}: the report would overwrite the data or the schema")
    existed = os.path.exists(path)  # noqa: PTH110 - pathlib raises an error for some paths
    output = None
    try:
        with _opened(path) as file:
            output = OutputFile(path, file)
            yield output
    finally:
        if not existed and not (output and output.is_written):
            with suppress(OSError, ValueError):
                Path(path).unlink()


def _opened(path: str) -> FileIO:
    try:
        # Opened for appending, so that the content is kept if there is no report.
        return Path(path).open("ab", buffering=0)
    except (OSError, ValueError) as error:
        raise command_error(error, path) from error


def _is_part(path: str, checked: str) -> bool:
    """Return whether a file is checked itself, or is a data file in the folder that is checked."""
    try:
        if is_read(Path(path).name) and Path(path).parent.samefile(checked):
            return True
        return Path(path).samefile(checked)
    except (OSError, ValueError):  # one of them doesn't exist or is no valid path
        return False
