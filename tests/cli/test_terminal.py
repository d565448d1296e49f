"""What a terminal gets, and what becomes of signals and of readers that go away."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from tests.cli.conftest import HEADER
from tests.cli.runs import COMMAND, OnTerminal, environment, on_terminal, run

COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-7]m")
ESCAPE = re.compile(r"\x1b(\[[0-9;?]*[a-zA-Z])")
SPOILT = f"{HEADER}\n1,2.5,red\n,3.5,blue\n,much,blue\n"


def test_a_terminal_gets_a_table_and_below_it_what_to_do(items: Path, schema: Path) -> None:
    items.write_text(SPOILT)
    ended = on_terminal("check", items, "--schema", schema)
    assert ended.code == 1
    lines = [line.strip() for line in ESCAPE.sub("", ended.output).replace("\r", "").splitlines()]
    begin = next(number for number, line in enumerate(lines) if "error value-missing a value is missing" in line)
    titles, row, mend, page = lines[begin + 1 : begin + 5]
    assert titles.split() == ["file", "line", "column", "value", "count"]
    assert row.split() == ["items.csv", "3", "ITEM_ID", "''", "2"]
    assert mend.startswith("-> Fill it in")
    assert page.startswith("https://docs.aws.amazon.com/personalize/")
    assert lines[-1] == "1 file, 52 bytes, 3 rows: 1 error, 1 warning"


def test_a_terminal_gets_colours_unless_it_wants_none(items: Path, schema: Path) -> None:
    items.write_text(SPOILT)
    arguments = ("check", items, "--schema", schema)
    assert COLOUR.search(on_terminal(*arguments).output)
    assert not COLOUR.search(on_terminal(*arguments, env={"NO_COLOR": "1"}).output)


@pytest.mark.parametrize("columns", [40, 100])
def test_a_table_is_as_wide_as_the_terminal(items: Path, schema: Path, columns: int) -> None:
    items.write_text(f"{HEADER}\n1,{'x' * 200},red\n")
    output = ESCAPE.sub("", on_terminal("check", items, "--schema", schema, columns=columns).output)
    lines = output.replace("\r", "\n").splitlines()
    assert max(len(line) for line in lines if "https://" not in line) <= columns


def test_words_in_brackets_are_data_and_no_markup(items: Path, schema: Path) -> None:
    items.write_text(f"{HEADER}\n1,[bold]x[/],red\n")
    assert "'[bold]x[/]'" in ESCAPE.sub("", on_terminal("check", items, "--schema", schema).output)


@contextmanager
def fed_slowly(path: Path) -> Iterator[None]:
    """Make a pipe that gets a row of data now and then, for as long as somebody reads it."""
    os.mkfifo(path)

    def feed() -> None:
        try:
            with path.open("w") as file:
                file.write(f"{HEADER}\n")
                for number in range(10_000):
                    file.write(f"{number},2.5,{'red' * 100}\n" * 1000)
                    file.flush()
                    time.sleep(0.01)
        except BrokenPipeError:
            pass

    feeding = Thread(target=feed)
    feeding.start()
    yield
    feeding.join(30)
    assert not feeding.is_alive()


def test_a_terminal_sees_how_far_the_check_is_and_ctrl_c_ends_it_with_130(tmp_path: Path, schema: Path) -> None:
    path = tmp_path / "items.csv"
    with fed_slowly(path):
        running = OnTerminal("check", path, "--schema", schema)
        running.read_until("MB/s")
        running.interrupt()
        ended = running.ended()
    assert ended.code == 130
    assert "error" not in ended.output


def test_no_bar_is_drawn_where_nobody_sees_it(items: Path, schema: Path) -> None:
    assert run("check", items, "--schema", schema).said == ""


def test_ctrl_c_without_a_terminal_ends_with_130(tmp_path: Path, schema: Path) -> None:
    path = tmp_path / "items.csv"
    with fed_slowly(path):
        command = [*COMMAND, "check", str(path), "--schema", str(schema)]
        running = subprocess.Popen(command, env=environment(), stdout=-1, stderr=-1)
        time.sleep(1.5)
        running.send_signal(signal.SIGINT)
        output, said = running.communicate(timeout=60)
    assert (running.returncode, output, said.strip()) == (130, b"", b"")


@pytest.mark.parametrize("arguments", [["rules"], ["check"], ["--help"]], ids=lambda arguments: arguments[0])
def test_a_reader_that_goes_away_ends_it_without_a_word(items: Path, schema: Path, arguments: list[str]) -> None:
    more: list[str | Path] = [items, "--schema", schema] if arguments == ["check"] else []
    reading, writing = os.pipe()
    os.close(reading)
    ended = run(*arguments, *more, capture_output=False, stdout=writing, stderr=-1)
    os.close(writing)
    assert (ended.code, ended.said) == (141, "")


def test_a_closed_output_is_no_failure(items: Path, schema: Path) -> None:
    command = f'exec "$0" -m personalize_import_cli check "{items}" --schema "{schema}" >&-'
    ended = subprocess.run(
        ["sh", "-c", command, COMMAND[0]], env=environment(), capture_output=True, check=False, timeout=60
    )
    assert (ended.returncode, ended.stderr) == (0, b"")
