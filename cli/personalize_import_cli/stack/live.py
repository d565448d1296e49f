"""The table on a terminal, drawn anew every second while the imports go on."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from personalize_import_cli.errors import shortened
from personalize_import_cli.stack.lines import name_of, note_of, status_of, usual_of
from personalize_import_cli.stack.sight import GOES_ON, Seen, Sight, State
from personalize_import_cli.stack.words import duration

_STYLES: Final = {
    State.IMPORTED: "bold green",
    State.UNCHANGED: "green",
    State.FAILED: "bold red",
    State.CANCELLED: "red",
    State.RUNNING: "bold cyan",
    State.WAITING: "yellow",
}
_LENGTH_MAX: Final = 1000


@dataclass
class Screen:
    """What is seen at the moment: the last look, and the time that has passed since."""

    stack: str
    sight: Sight | None = None
    _looked_at: float = field(default_factory=time.monotonic)

    def show(self, sight: Sight | None) -> None:
        """Take in a look."""
        self.sight, self._looked_at = sight, time.monotonic()

    def drawn(self) -> RenderableType:
        """Draw what is known."""
        if self.sight is None:
            return _text(f"{self.stack}: waiting for the next operation to begin")
        passed = time.monotonic() - self._looked_at
        return table(self.sight, passed)


@contextmanager
def screen(stack: str, console: Console) -> Iterator[Screen]:
    """Draw on a terminal while the block runs; what was seen last stays there."""
    shown = Screen(stack)
    with Live(get_renderable=shown.drawn, console=console, refresh_per_second=1):
        yield shown


def table(sight: Sight, passed_seconds: float = 0.0) -> RenderableType:
    """Draw a look, some seconds after it was taken."""
    drawn = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    drawn.add_column("import", overflow="fold")
    drawn.add_column("status", no_wrap=True)
    drawn.add_column("elapsed", justify="right", no_wrap=True)
    drawn.add_column("usually", justify="right", no_wrap=True)
    drawn.add_column("", overflow="fold")
    for seen in sight.imports:
        drawn.add_row(*_row(seen, passed_seconds))
    return Group(Text.assemble(_text(sight.stack_name, "bold"), "  ", _text(sight.stack_status)), drawn)


def _row(seen: Seen, passed_seconds: float) -> list[Text]:
    if seen.state in GOES_ON and seen.elapsed_seconds is not None and (seen.job is None or seen.job.runs):
        seen = replace(seen, elapsed_seconds=seen.elapsed_seconds + passed_seconds)
    elapsed = "" if seen.elapsed_seconds is None else duration(seen.elapsed_seconds)
    return [
        _text(name_of(seen)),
        _text(status_of(seen), _STYLES.get(seen.state, "dim")),
        _text(elapsed),
        _text(usual_of(seen), "dim"),
        _text(note_of(seen)),
    ]


def _text(words: str, style: str = "") -> Text:
    """Return words as they are shown: no markup, no escape codes, a bounded length."""
    return Text(shortened(words, _LENGTH_MAX), style=style)
