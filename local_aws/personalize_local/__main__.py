"""Serve the local AWS: `python -m personalize_local`, until Ctrl-C."""

import argparse
import sys
from pathlib import Path

from personalize_local.server.options import Options
from personalize_local.server.process import serve


def main() -> int:
    """Parse the command line and serve; return the exit code."""
    defaults = Options()
    parser = argparse.ArgumentParser(
        prog="python -m personalize_local", description="An AWS on this machine, including Personalize"
    )
    parser.add_argument(
        "--port", type=int, default=4566, help="port on loopback; 0 for a free one (default: %(default)s)"
    )
    parser.add_argument("--region", default=defaults.region, help="the Region (default: %(default)s)")
    parser.add_argument(
        "--speed", type=float, default=defaults.speed, help="simulated seconds per real second (default: %(default)s)"
    )
    parser.add_argument(
        "--import-seconds",
        type=float,
        default=defaults.import_seconds,
        help="duration of an import in simulated seconds (default: %(default)s)",
    )
    parser.add_argument("--state", type=Path, help="folder for the state between runs (default: the state is not kept)")
    parser.add_argument("--verbose", action="store_true", help="log to standard error")
    parser.add_argument("--stop-with-parent", action="store_true", help="stop when standard input ends")
    arguments = vars(parser.parse_args())
    stop_with_parent = arguments.pop("stop_with_parent")
    try:
        options = Options(**arguments)
    except ValueError as error:
        parser.error(str(error))
    return serve(options, stop_with_parent=stop_with_parent)


if __name__ == "__main__":
    sys.exit(main())
