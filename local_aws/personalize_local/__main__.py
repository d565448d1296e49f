"""Serve the local AWS: `python -m personalize_local`, until Ctrl-C."""

import argparse
import sys
from pathlib import Path

from personalize_local.server.configuration import Options
from personalize_local.server.process import serve


def main() -> int:
    """Read the command line and serve."""
    defaults = Options()
    parser = argparse.ArgumentParser(
        prog="python -m personalize_local", description="AWS on this machine, Personalize included"
    )
    parser.add_argument("--port", type=int, default=4566, help="where to listen on loopback; 0 takes a free port")
    parser.add_argument("--region", default=defaults.region, help="the Region (default: %(default)s)")
    parser.add_argument("--speed", type=float, default=defaults.speed, help="seconds of service time in a real second")
    parser.add_argument(
        "--import-seconds",
        type=float,
        default=defaults.import_seconds,
        help="how long an import takes, in service time",
    )
    parser.add_argument("--state", type=Path, help="a folder that keeps the state between runs (default: none is kept)")
    parser.add_argument("--verbose", action="store_true", help="log what happens")
    parser.add_argument("--stop-with-parent", action="store_true", help="end when standard input does")
    arguments = vars(parser.parse_args())
    stop_with_parent = arguments.pop("stop_with_parent")
    try:
        options = Options(**arguments)
    except ValueError as error:
        parser.error(str(error))
    return serve(options, stop_with_parent=stop_with_parent)


if __name__ == "__main__":
    sys.exit(main())
