"""`personalize-import`, or `python -m personalize_import_cli`."""

import sys
from typing import Final

from personalize_local.dependencies import missing_from

_LIBRARIES: Final = ("aws_croniter", "click", "duckdb", "rich")
_INTERRUPTED: Final = 130
_COULD_NOT_RUN: Final = 2


def main() -> int:
    """Run the command line; return the exit code."""
    if missing := missing_from("cli", _LIBRARIES):
        sys.stderr.write(f"personalize-import: {missing}\n")
        return _COULD_NOT_RUN
    try:
        from personalize_import_cli.app import run

        return run()
    except KeyboardInterrupt:  # while modules are loaded; `run` handles later ones
        return _INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
