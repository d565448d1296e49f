"""Where looks are shown: as a table on a terminal, elsewhere as lines."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from personalize_import_cli.output import write_out
from personalize_import_cli.stack.lines import Changes
from personalize_import_cli.stack.sight import Sight


@contextmanager
def shown(stack: str, changes: Changes, *, as_lines: bool) -> Iterator[Callable[[Sight | None], None]]:
    """Show looks, each in place of the one before if somebody sees them on a terminal."""
    if not as_lines and sys.stdout is not None and sys.stdout.isatty():
        from rich.console import Console

        from personalize_import_cli.stack.live import screen

        console = Console()
        if not console.is_dumb_terminal:
            with screen(stack, console) as drawn:
                yield drawn.show
            return
    yield lambda sight: write_out(changes.of(sight))
