"""Parts run together or alone; only complete measurements are written."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bench import __main__ as bench
from bench.part import Part

MODULE = """
import tempfile

from bench.part import Section

def run(folder, scale):
    assert folder.is_dir()
    assert tempfile.gettempdir() == str(folder)
    return Section(f"measured {'less' if scale.quick else 'all'}\\n", {"plot.svg": "<svg/>"})
"""


FAILING_MODULE = """
def run(folder, scale):
    raise ValueError("the contender failed")
"""
INTERRUPTED = """
from pathlib import Path

from bench import __main__ as bench
from bench.part import Part

bench.PARTS = (Part("one", "The first", "an_endless_part"),)
bench._DOCS = Path("docs")

if __name__ == "__main__":
    bench.main()
"""
ENDLESS_MODULE = """
import tempfile
import time

from personalize_local.server.launcher import LocalAws

def run(folder, scale):
    tempfile.mkdtemp()
    with LocalAws() as aws:
        print(aws.pid, flush=True)
        time.sleep(60)
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


def test_all_parts_write_the_page_and_its_files(
    docs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch)

    page = (docs / "benchmarks.md").read_text()
    assert "## The first\n\nmeasured all\n\n## The second\n\nmeasured all\n" in page
    assert page == capsys.readouterr().out
    assert (docs / "plot.svg").read_text() == "<svg/>"


def test_the_page_begins_with_the_machine_the_versions_and_the_duration_of_each_part(
    docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(monkeypatch)

    before, _, after = (docs / "benchmarks.md").read_text().partition("| part | seconds |\n")
    assert all(f"{name} " in before for name in ("Python", "aws-cdk-lib", "ministack"))
    rows = [line.split(" | ")[0] for line in after.partition("##")[0].splitlines()[1:] if line]
    assert rows == ["| The first", "| The second", "| total"]


def test_the_other_parts_are_measured_after_one_has_failed_and_nothing_is_written(
    docs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (docs.parent / "modules" / "a_failing_part.py").write_text(FAILING_MODULE)
    monkeypatch.setattr(bench, "PARTS", (Part("none", "The failed", "a_failing_part"), *bench.PARTS))

    with pytest.raises(SystemExit, match="failed: none; nothing was written"):
        run(monkeypatch)

    printed = capsys.readouterr().out
    assert "## The failed\n\nFailed with ValueError: the contender failed\n" in printed
    assert "## The second\n\nmeasured all\n" in printed
    assert list(docs.iterdir()) == []


def test_an_interrupted_run_leaves_no_process_no_file_and_no_page(tmp_path: Path) -> None:
    temporary, docs = tmp_path / "temporary", tmp_path / "docs"
    for folder in (temporary, docs):
        folder.mkdir()
    (tmp_path / "interrupted.py").write_text(INTERRUPTED)
    (tmp_path / "an_endless_part.py").write_text(ENDLESS_MODULE)
    path = os.pathsep.join([*sys.path, str(tmp_path)])
    with subprocess.Popen(
        [sys.executable, "interrupted.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path, "TMPDIR": str(temporary)},
        start_new_session=True,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        server = int(process.stdout.readline())
        assert {each.name[: len("bench-")] for each in temporary.iterdir()} == {"bench-"}

        os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C in a terminal

        assert process.wait(30) != 0
    with pytest.raises(ProcessLookupError):
        os.kill(server, 0)
    assert [*temporary.iterdir(), *docs.iterdir()] == []


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
