"""The server process, which `LocalAws` starts with its options as JSON; users run `personalize-import local`."""

import json
import sys
from pathlib import Path

from personalize_local.server.options import Options
from personalize_local.server.process import serve


def main() -> int:
    """Serve until standard input ends; return the exit code."""
    options = json.loads(sys.argv[1])
    state = options.pop("state")
    return serve(Options(**options, state=Path(state) if state else None))


if __name__ == "__main__":
    sys.exit(main())
