"""Replacing the texts of the local service by recorded ones."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from tests.conformance.support.assumptions import Assumption
from tests.conformance.support.recording import CONTRADICTED, Recording

TEXTS: Final = Path(__file__).parents[3] / "local_aws" / "personalize_local" / "personalize" / "texts.py"


def replace_texts(
    recordings: Iterable[Recording], assumptions: Mapping[str, Assumption], path: Path = TEXTS
) -> Iterator[str]:
    """Replace texts in the file, and yield a line for each replaced one and for each contradicted assumption.

    Args:
        recordings: The recordings; the last result of a text is used.
        assumptions: The assumptions by the names of their tests.
        path: The file with the texts.
    """
    results = [item for recording in recordings for item in recording.results.items()]
    for name, result in sorted(results, key=lambda item: item[1]["date"]):
        if result["outcome"] == CONTRADICTED:
            text = assumptions[name].text if name in assumptions else name
            yield f"Change the local service by hand: {text} On AWS: {result['problem']}"
        recorded = result["observed"].get("text")
        if recorded and _replace(path, recorded["key"], template(recorded), f"{result['date']}, {result['region']}"):
            yield f"Replaced {recorded['key']}: {recorded['message']}"


def template(recorded: Mapping[str, Any]) -> str:
    """Return a recorded message with its values replaced by the names of the parameters."""
    text, names = _escaped(recorded["message"]), {_escaped(value): name for name, value in recorded["values"].items()}
    # A value may contain a shorter one.
    values = "|".join(re.escape(value) for value in sorted(names, key=len, reverse=True))
    return re.sub(values, lambda found: f"{{{names[found[0]]}}}", text) if values else text


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _replace(path: Path, key: str, text: str, origin: str) -> bool:
    """Replace one text; return False if the file has it already."""
    before = path.read_text()
    line = f'    "{key}": {json.dumps(text, ensure_ascii=False)},'
    if f"\n{line}  # " in before:
        return False
    pattern = re.compile(rf'^    "{re.escape(key)}": .*$', re.MULTILINE)
    after, found = pattern.subn(lambda _: f"{line}  # recorded on AWS, {origin}", before)
    if found != 1:
        raise ValueError(f"{path.name} has no text {key}")
    path.write_text(after)
    return True
