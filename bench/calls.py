"""The number and duration of calls from an app to the CDK's process.

`python -m bench.calls <way> <imports>` prints them as JSON. jsii has no hook for it, so its function that sends
requests is wrapped.
"""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from jsii._kernel.providers import process

from bench.apps import make


class Calls(NamedTuple):
    """The calls for one import."""

    calls: float
    milliseconds: float
    """The duration of the calls, with the work that they start in the CDK's process."""
    cpu_milliseconds: float
    """The CPU time of the process of the app, which includes reading and writing the messages."""


def calls_per_import(way: str, imports: int) -> Calls:
    """Create an app with one import and an app with many, and return the difference per import."""
    make(way, 1)  # loads everything
    first, many = _making(way, 1), _making(way, 1 + imports)
    return Calls(*((of_many - of_first) / imports for of_first, of_many in zip(first, many, strict=True)))


def _making(way: str, imports: int) -> Calls:
    begun = time.process_time()
    with _counted() as waited:
        make(way, imports)
    return Calls(len(waited), sum(waited) * 1000, (time.process_time() - begun) * 1000)


@contextmanager
def _counted() -> Iterator[list[float]]:
    """Collect the duration of each call, in seconds."""
    waited: list[float] = []
    send = process._NodeProcess.send  # noqa: SLF001

    def send_and_count(*arguments: Any) -> Any:  # noqa: ANN401 - jsii's own
        begun = time.perf_counter()
        try:
            return send(*arguments)
        finally:
            waited.append(time.perf_counter() - begun)

    process._NodeProcess.send = send_and_count  # type: ignore[assignment,method-assign]  # noqa: SLF001
    try:
        yield waited
    finally:
        process._NodeProcess.send = send  # type: ignore[method-assign]  # noqa: SLF001


if __name__ == "__main__":
    sys.stdout.write(json.dumps(calls_per_import(sys.argv[1], int(sys.argv[2]))._asdict()))
