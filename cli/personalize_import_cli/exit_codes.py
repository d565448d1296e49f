"""The exit codes of all commands."""

from typing import Final

NO_ERRORS: Final = 0
ERRORS_FOUND: Final = 1
COULD_NOT_RUN: Final = 2
HUNG_UP: Final = 129
INTERRUPTED: Final = 130
OUTPUT_CLOSED: Final = 141
"""What a shell says of a program that SIGPIPE has ended."""
TERMINATED: Final = 143
