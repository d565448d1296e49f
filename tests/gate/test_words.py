"""Code and docs use the words of tools/words.txt."""

from pathlib import Path

import pytest

from tools.words import LIST, main, words_of


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/page.md").write_text(
        "The error is colour.\nIt colour_of nothing, see https://x.y/colour and recolour.\n"
    )
    return tmp_path


@pytest.fixture
def words(tmp_path: Path) -> Path:
    words = tmp_path / "words.txt"
    words.write_text("# Words\n   2 colour => color\n")
    return words


def test_no_word_is_used_more_often_than_allowed() -> None:
    assert main([]) == ""


def test_every_line_of_the_list_is_a_word_or_a_comment() -> None:
    lines = LIST.read_text().splitlines()

    assert len(words_of(LIST.read_text())) == len([line for line in lines if not line.startswith("#")])


def test_as_many_lines_as_allowed_may_contain_a_word(project: Path, words: Path) -> None:
    assert main([], words, project) == ""


def test_one_more_line_is_an_error_that_names_all_of_them_and_what_to_write_instead(project: Path, words: Path) -> None:
    (project / "app.py").write_text('"""\nNo such thing.\nColour by none.\n"""\n')

    assert main([], words, project).splitlines() == [
        "colour: 3 lines, 2 allowed; write instead: color",
        "  app.py:3: Colour by none.",
        "  docs/page.md:1: The error is colour.",
        "  docs/page.md:2: It colour_of nothing, see  and recolour.",
    ]


def test_a_line_may_be_an_exception(project: Path, words: Path) -> None:
    (project / "app.py").write_text("STATUS = 'colour'  # words: ok\n")

    assert main([], words, project) == ""


def test_the_number_of_a_word_is_lowered_and_never_raised(project: Path, words: Path) -> None:
    (project / "docs/page.md").write_text("The error is colour.\n")
    assert main(["--lower"], words, project) == ""
    assert words.read_text() == "# Words\n   1 colour => color\n"

    (project / "docs/page.md").write_text("colour\n" * 5)
    assert main(["--lower"], words, project) != ""
    assert words.read_text() == "# Words\n   1 colour => color\n"
