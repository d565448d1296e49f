"""The result of a refresh, in the output of its execution."""

from typing import NamedTuple


class Skipped(NamedTuple):
    """The refresh started no job, or no further one, for a reason that is no failure."""

    reason: str
