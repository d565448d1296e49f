"""`personalize-import`, or `python -m personalize_import_cli`."""

import sys
from importlib.util import find_spec
from typing import Final

_LIBRARIES: Final = ("click", "duckdb", "rich")
_INTERRUPTED: Final = 130
_COULD_NOT_RUN: Final = 2


def main() -> int:
    """Run the command line; return the exit code."""
    if missing := [name for name in _LIBRARIES if find_spec(name) is None]:
        sys.stderr.write(
            f"personalize-import: {', '.join(missing)} not installed; run: pip install 'cdk-personalize-import[cli]'\n"
        )
        return _COULD_NOT_RUN
    try:
        from personalize_import_cli.app import run

        return run()
    except KeyboardInterrupt:  # while modules are loaded; `run` handles later ones
        return _INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
