"""The commands of an example's README, section by section."""

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[3]
EXAMPLES: Final = ROOT / "examples"
_SECTION: Final = re.compile(r"^## (?P<title>.*?)$(?P<text>.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
_COMMANDS: Final = re.compile(r"^```sh\n(?P<commands>.*?)^```$", re.DOTALL | re.MULTILINE)


def sections_of(example: str) -> dict[str, str]:
    """Return the commands by the section that they stand in."""
    text = (EXAMPLES / example / "README.md").read_text()
    return {
        section["title"]: "".join(found["commands"] for found in _COMMANDS.finditer(section["text"]))
        for section in _SECTION.finditer(text)
    }
