"""Check that code, docs and tests use the words that words.txt asks for.

A line of words.txt has a number, a regular expression and what to write instead. The number is how many lines may still
contain the word, as they are older than the list. It never increases; `python -m tools.words --lower` decreases it.
A line that contains `words: ok` is an exception.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

LIST: Final = Path(__file__).with_name("words.txt")
ROOT: Final = Path(__file__).parents[1]
FOLDERS: Final = ("bench", "cli", "constructs", "demo", "docs", "examples", "lambda_handler", "local_aws", "tests")
EXCEPTION: Final = "words: ok"


class Word(NamedTuple):
    """A word that is not to be used."""

    allowed: int
    pattern: str
    instead: str

    def is_in(self, line: str) -> bool:
        """Return whether a line contains the word, in a text or as part of a snake_case name."""
        return re.search(rf"(?<![a-z])(?:{self.pattern})(?![a-z])", line, re.IGNORECASE) is not None


def words_of(text: str) -> list[Word]:
    """Parse a list of words; lines that begin with # are comments."""
    lines = re.findall(r"^ *(\d+) (.+) => (.+)$", text, re.MULTILINE)
    return [Word(int(allowed), pattern, instead) for allowed, pattern, instead in lines]


def lines_to_check(root: Path) -> Iterator[str]:
    """Yield each line of code and docs after its path and number, without URLs and exceptions."""
    files = [*root.glob("*.md"), root / "app.py"]
    for folder in FOLDERS:
        files += [path for path in (root / folder).rglob("*") if path.suffix in {".md", ".py"}]
    for path in sorted(file for file in files if file.is_file() and "cdk.out" not in file.parts):
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            if EXCEPTION not in line:
                text = re.sub(r"https?://\S+", "", line).strip()
                yield f"{path.relative_to(root)}:{number}: {text}"


def uses_of(words: list[Word], lines: list[str]) -> dict[Word, list[str]]:
    """Return the lines that contain each word."""
    return {word: [line for line in lines if word.is_in(line.split(": ", 1)[1])] for word in words}


def lowered(text: str, uses: dict[Word, list[str]]) -> str:
    """Return a list of words with numbers as low as the current ones."""
    comments = [line for line in text.splitlines() if line.startswith("#")]
    numbers = {word: min(word.allowed, len(lines)) for word, lines in uses.items()}
    return "\n".join([*comments, *[f"{numbers[word]:4} {word.pattern} => {word.instead}" for word in uses], ""])


def main(arguments: list[str], list_file: Path = LIST, root: Path = ROOT) -> str:
    """Return the lines that contain a word more often than allowed, with what to write instead."""
    text = list_file.read_text()
    uses = uses_of(words_of(text), list(lines_to_check(root)))
    if arguments == ["--lower"]:
        list_file.write_text(lowered(text, uses))
    return "\n".join(
        f"{word.pattern}: {len(lines)} lines, {word.allowed} allowed; write instead: {word.instead}\n  "
        + "\n  ".join(lines)
        for word, lines in uses.items()
        if len(lines) > word.allowed
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) or None)
