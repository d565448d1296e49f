"""The exit codes of all commands."""

from typing import Final

NO_ERRORS: Final = 0
ERRORS_FOUND: Final = 1
COULD_NOT_RUN: Final = 2
HUNG_UP: Final = 129
INTERRUPTED: Final = 130
OUTPUT_CLOSED: Final = 141
"""The exit code that a shell gives to a program ended by SIGPIPE."""
TERMINATED: Final = 143
