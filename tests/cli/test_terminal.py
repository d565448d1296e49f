"""Output on a terminal, signals, and closed pipes."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import HEADER
from tests.cli.support.runs import COMMAND, OnTerminal, environment, on_terminal, run, run_process
from tests.local_aws.support.processes import accept_ctrl_c, open_files
from tests.support.until import until

COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-7]m")
ESCAPE = re.compile(r"\x1b(\[[0-9;?]*[a-zA-Z])")
INVALID = f"{HEADER}\n1,2.5,red\n,3.5,blue\n,much,blue\n"


def test_a_terminal_gets_a_table_and_below_it_the_fix(items: Path, schema: Path) -> None:
    items.write_text(INVALID)
    ended = on_terminal("check", items, "--schema", schema)
    assert ended.code == 1
    lines = [line.strip() for line in ESCAPE.sub("", ended.output).replace("\r", "").splitlines()]
    begin = next(number for number, line in enumerate(lines) if "error id-missing an id or a time is missing" in line)
    titles, row, fix, page = lines[begin + 1 : begin + 5]
    assert titles.split() == ["file", "line", "column", "value", "count"]
    assert row.split() == ["items.csv", "3", "ITEM_ID", "''", "2"]
    assert fix.startswith("-> Fill it in")
    assert page.startswith("https://docs.aws.amazon.com/personalize/")
    assert lines[-1] == "1 file, 52 bytes, 3 rows: 1 error, 1 warning"


def test_a_terminal_gets_colours_unless_no_color_is_set(items: Path, schema: Path) -> None:
    items.write_text(INVALID)
    arguments = ("check", items, "--schema", schema)
    assert COLOUR.search(on_terminal(*arguments).output)
    assert not COLOUR.search(on_terminal(*arguments, env={"NO_COLOR": "1"}).output)


@pytest.mark.parametrize("columns", [40, 100])
def test_a_table_is_as_wide_as_the_terminal(items: Path, schema: Path, columns: int) -> None:
    items.write_text(f"{HEADER}\n1,{'x' * 200},red\n")
    output = ESCAPE.sub("", on_terminal("check", items, "--schema", schema, columns=columns).output)
    lines = output.replace("\r", "\n").splitlines()
    assert max(len(line) for line in lines if "https://" not in line) <= columns


def test_text_in_brackets_is_no_markup(items: Path, schema: Path) -> None:
    items.write_text(f"{HEADER}\n1,[bold]x[/],red\n")
    assert "'[bold]x[/]'" in ESCAPE.sub("", on_terminal("check", items, "--schema", schema).output)


@pytest.fixture
def long_check(items: Path, schema: Path) -> list[str]:
    """A check that takes many seconds: its rows have quotes that were escaped in both ways."""
    with items.open("w") as file:
        file.write(f"{HEADER}\n")
        for _ in range(4000):
            file.write('1,2.5,"r""e\\"d"\n' * 1000)
    return ["check", str(items), "--schema", str(schema)]


def test_a_terminal_shows_progress_and_ctrl_c_ends_the_check_with_130(long_check: list[str]) -> None:
    running = OnTerminal(*long_check)
    running.read_until("B/s")
    running.interrupt()
    ended = running.ended()
    assert ended.code == 130
    assert "error" not in ended.output


def test_no_progress_is_shown_without_a_terminal(items: Path, schema: Path) -> None:
    assert run("check", items, "--schema", schema).stderr == ""


def until_open(process: subprocess.Popen[bytes], data: str) -> None:
    """Wait until a process has opened a file."""
    until(lambda: data in open_files(process.pid))


def test_ctrl_c_without_a_terminal_ends_with_130(long_check: list[str]) -> None:
    running = subprocess.Popen(
        [*COMMAND, *long_check],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=accept_ctrl_c,
    )
    until_open(running, long_check[1])
    running.send_signal(signal.SIGINT)
    output, stderr = running.communicate(timeout=60)
    assert (running.returncode, output, stderr.strip()) == (130, b"", b"")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_check_ended_by_a_signal_leaves_no_files(
    tmp_path: Path, long_check: list[str], number: signal.Signals
) -> None:
    temporary, report = tmp_path / "temporary", tmp_path / "report.json"
    temporary.mkdir()
    command = [*COMMAND, *long_check, "--output", str(report), "--format", "json"]
    running = subprocess.Popen(command, env=environment({"TMPDIR": str(temporary)}), stdout=-1, stderr=-1)
    while not any(temporary.iterdir()):
        time.sleep(0.01)
    time.sleep(0.3)
    running.send_signal(number)
    output, stderr = running.communicate(timeout=60)
    assert (running.returncode, output, stderr.strip()) == (128 + number, b"", b"")
    assert not report.exists()
    assert list(temporary.iterdir()) == []


def test_a_signal_ends_a_check_that_is_loading_duckdb() -> None:
    command = [sys.executable, "-m", "tests.cli.support.ended_by_signal"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "ended\n", "")


def test_a_report_of_an_earlier_check_survives_a_signal(tmp_path: Path, long_check: list[str]) -> None:
    report = tmp_path / "report.json"
    report.write_text("{}")
    running = subprocess.Popen([*COMMAND, *long_check, "--output", str(report)], env=environment(), stdout=-1)
    until_open(running, long_check[1])
    running.terminate()
    running.communicate(timeout=60)
    assert running.returncode == 128 + signal.SIGTERM
    assert report.read_text() == "{}"


def test_an_ignored_signal_as_under_nohup_has_no_effect(items: Path, schema: Path) -> None:
    command = [*COMMAND, "check", str(items), "--schema", str(schema)]
    running = subprocess.Popen(
        command, env=environment(), stdout=-1, preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)
    )
    while running.poll() is None:
        running.send_signal(signal.SIGHUP)
        time.sleep(0.02)
    assert running.returncode == 0


@pytest.mark.parametrize("argument", ["rules", "--help"])
def test_a_closed_pipe_ends_it_without_a_message(argument: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ended = run_process(argument, stdout=writing)
    os.close(writing)
    assert (ended.code, ended.stderr) == (141, "")


def test_a_closed_output_is_no_failure(items: Path, schema: Path) -> None:
    command = f'exec "$0" -m personalize_import_cli check "{items}" --schema "{schema}" >&-'
    ended = subprocess.run(
        ["sh", "-c", command, COMMAND[0]], env=environment(), capture_output=True, check=False, timeout=60
    )
    assert (ended.returncode, ended.stderr) == (0, b"")
