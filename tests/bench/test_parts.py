"""Parts run together or alone; only complete measurements are written."""

from pathlib import Path

import pytest

from bench import __main__ as bench
from bench.part import Part
from bench.tables import Goal, goals_table

MODULE = """
from bench.part import Section

def run(folder, scale):
    assert folder.is_dir()
    return Section(f"measured {'less' if scale.quick else 'all'}\\n", {"plot.svg": "<svg/>"})
"""


@pytest.fixture
def docs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    modules, docs = tmp_path / "modules", tmp_path / "docs"
    modules.mkdir()
    docs.mkdir()
    (modules / "a_part_of_tests.py").write_text(MODULE)
    monkeypatch.syspath_prepend(modules)
    parts = [Part(name, f"The {title}", "a_part_of_tests") for name, title in (("one", "first"), ("two", "second"))]
    monkeypatch.setattr(bench, "PARTS", tuple(parts))
    monkeypatch.setattr(bench, "_DOCS", docs)
    for name in ("QUICK", "LARGE"):
        monkeypatch.delenv(name, raising=False)
    return docs


def run(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    monkeypatch.setattr("sys.argv", ["bench", *names])
    bench.main()


def test_all_parts_make_the_page_and_its_files(
    docs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch)

    page = (docs / "benchmarks.md").read_text()
    assert "## The first\n\nmeasured all\n\n## The second\n\nmeasured all\n" in page
    assert page == capsys.readouterr().out
    assert (docs / "plot.svg").read_text() == "<svg/>"


@pytest.mark.parametrize(("names", "quick"), [(["two"], ""), ([], "1")])
def test_a_part_alone_or_quick_figures_are_only_printed(
    names: list[str], quick: str, docs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QUICK", quick)

    run(monkeypatch, *names)

    printed = capsys.readouterr().out
    assert ("## The first" in printed, "## The second" in printed) == (not names, True)
    assert list(docs.iterdir()) == []


@pytest.mark.usefixtures("docs")
def test_an_unknown_part_is_rejected_with_the_names_of_all_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit, match="unknown part: three; parts are one, two"):
        run(monkeypatch, "one", "three")


def test_goals_show_whether_they_were_reached() -> None:
    table = goals_table([Goal("fast", "2 s", reached=True), Goal("small", "9 MB", reached=False)])
    assert table.splitlines()[2:] == ["| fast | 2 s | yes |", "| small | 9 MB | no |"]
