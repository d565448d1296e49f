"""Where a report goes: to standard output, or to a file."""

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
    """Whoever read standard output has stopped reading."""


def write_out(text: str) -> None:
    """Write to standard output, all of it; raise `OutputClosedError` or `CommandError`."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        # What is left in the buffer would be tried again at the interpreter's end, with a traceback.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            raise OutputClosedError from error
        raise command_error(error, "standard output") from error


class OutputFile:
    """A file for the report."""

    def __init__(self, path: str, file: FileIO) -> None:
        self._path = path
        self._file = file
        self.is_written = False

    def write(self, text: str) -> None:
        """Write the report in place of what the file has had; raise `CommandError`."""
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
    """Open a file for the report before the check begins, which may take long; raise `CommandError` if it can't be."""
    if any(_is_part(path, each) for each in inputs):
        raise CommandError(f"{path}: the report would overwrite what is checked")
    existed = os.path.exists(path)  # noqa: PTH110 - says no where a pathlib.Path raises
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
        # Appending keeps what is there, should the check not come to a report.
        return Path(path).open("ab", buffering=0)
    except (OSError, ValueError) as error:
        raise (
            command_error(error, path) if isinstance(error, OSError) else CommandError(f"{path}: {error}")
        ) from error


def _is_part(path: str, checked: str) -> bool:
    """Say whether a file is what is checked, or one of the data files in the folder that is."""
    try:
        if is_read(Path(path).name) and Path(path).parent.samefile(checked):
            return True
        return Path(path).samefile(checked)
    except (OSError, ValueError):  # one of them doesn't exist, or is no path at all
        return False
