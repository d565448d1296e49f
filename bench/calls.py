"""The number and duration of calls from an app to the CDK's process.

`python -m bench.calls <way> <imports>` prints both as JSON. jsii has no hook for it, so its function that sends
requests is wrapped.
"""

import json
import sys
import time
from typing import Any

from jsii._kernel.providers import process

from bench.apps import make


def main(way: str, imports: int) -> None:
    """Create an app with one import and an app with many, and print the difference per import."""
    waited: list[float] = []
    send = process._NodeProcess.send  # noqa: SLF001

    def send_and_count(*arguments: Any) -> Any:  # noqa: ANN401 - jsii's own
        begun = time.perf_counter()
        try:
            return send(*arguments)
        finally:
            waited.append(time.perf_counter() - begun)

    make(way, 1)  # loads everything
    process._NodeProcess.send = send_and_count  # type: ignore[assignment,method-assign]  # noqa: SLF001
    make(way, 1)
    calls, seconds = len(waited), sum(waited)
    waited.clear()
    make(way, 1 + imports)
    counted = {"calls": (len(waited) - calls) / imports, "milliseconds": (sum(waited) - seconds) * 1000 / imports}
    sys.stdout.write(json.dumps(counted))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
