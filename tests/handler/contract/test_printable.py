"""Text from outside is written on one line, with only visible characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalize_import_handler.contract.printable import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\nINFO forged", "a\\nINFO forged"),
        ("a\r\tb", "a\\r\\tb"),
        ("a\x00b\x85c", "a\\x00b\\x85c"),
        ("s3://b/\u202evsc.users", "s3://b/\\u202evsc.users"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("line\u2028paragraph\u2029", "line\\u2028paragraph\\u2029"),
        ("half\ud800", "half\\ud800"),
    ],
)
def test_invisible_characters_are_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.parametrize("text", ["", "s3://bucket/users.csv", "Überraschung 映画 🎬", "a\u00a0b", "C:\\new"])
def test_visible_characters_are_unchanged(text: str) -> None:
    assert printable(text) == text


@given(st.text())
def test_escaped_text_is_one_printable_line_and_escaping_it_again_changes_nothing(text: str) -> None:
    shown = printable(text)
    assert len(shown.splitlines()) <= 1
    assert all(character.isprintable() or character.isspace() for character in shown)
    assert printable(shown) == shown
