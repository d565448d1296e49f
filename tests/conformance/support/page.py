"""The page docs/conformance.md: its table is written from the assumptions and the recordings."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from tests.conformance.support.assumptions import Assumption, all_assumptions
from tests.conformance.support.recording import CONFIRMED, Recording

PAGE: Final = Path(__file__).parents[3] / "docs" / "conformance.md"
_BEGIN: Final = "<!-- assumptions -->\n"


def write_page(recorded: Path) -> None:
    """Write the table of the page; `recorded` is the folder with the recordings of runs on AWS."""
    before, _, _ = PAGE.read_text().partition(_BEGIN)
    PAGE.write_text(f"{before}{_BEGIN}{table(all_assumptions(), recordings(recorded), 'last confirmed on AWS')}")


def recordings(folder: Path) -> list[Recording]:
    """Return the results on AWS of the recordings in a folder."""
    return [Recording(path).of_aws() for path in sorted(folder.glob("*.json"))]


def table(assumptions: Mapping[str, Assumption], found: Iterable[Recording], result: str) -> str:
    """Return a table of the assumptions, with the last result of each in a column with the title `result`."""
    files = list(found)
    rows = [f"| assumption | mark | {result} |", "| --- | --- | --- |"]
    for name, assumption in assumptions.items():
        results = [recording.results[name] for recording in files if name in recording.results]
        mark = assumption.mark.value
        linked = f"[{mark}]({assumption.source})" if assumption.source else mark
        rows.append(f"| {assumption.text} | {linked} | {_last(results)} |")
    return "\n".join(rows) + "\n"


def _last(results: list[dict[str, Any]]) -> str:
    if not results:
        return "never"
    last = max(results, key=lambda result: result["date"])
    where = f"{last['date']}, {last['region']}"
    return where if last["outcome"] == CONFIRMED else f"**contradicted** {where}: {last['problem']}"
