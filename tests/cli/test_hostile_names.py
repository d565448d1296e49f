r"""Names and reasons of others reach a terminal as text: neither escape codes nor markup, and on one line.

`\x1b[2J` empties a terminal, `\x9b` is its 8-bit form, `\u202e` turns the direction of what follows.
"""

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console
from rich.text import Text

from personalize_import_cli.stack.render import as_json, as_text
from personalize_import_cli.stack.status import ImportStatus, StackStatus, State
from tests.cli.conftest import HEADER
from tests.cli.stack.scenes import job
from tests.cli.support.runs import on_terminal, run
from tests.cli.test_terminal import ESCAPE

ATTACK = "\x1b[2J\x9b2J\x07\u202e\u2028\u2066[red]r[/red][link=https://a.example]l[/link]"
SHOWN = r"\x1b[2J\x9b2J\x07\u202e\u2028\u2066[red]r[/red][link=https://a.example]l[/link]"
FILE = ATTACK.replace("/", "|")
FILE_SHOWN = SHOWN.replace("/", "|")


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A file with a hostile name, of which a column has one too, and a value."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / f"{FILE}.csv").write_text(f"{HEADER},{ATTACK}\n1,{ATTACK},red,x\n")
    return folder


def require_harmless(output: str) -> None:
    """Require that each line is text as it is seen, once the codes of the table itself are gone."""
    for line in ESCAPE.sub("", output).replace("\r", "").split("\n"):
        assert line.isprintable(), line


@pytest.mark.parametrize("form", ["table", "json", "sarif", "junit"])
def test_no_format_of_a_check_has_them_unescaped(hostile: Path, schema: Path, form: str) -> None:
    output = run("check", hostile, "--schema", schema, "--format", form).output
    assert all(line.isprintable() for line in output.split("\n"))
    assert {"table": FILE_SHOWN, "json": r"\u001b[2J\u009b2J", "sarif": r"\\x1b[2J\\x9b2J", "junit": FILE_SHOWN}[
        form
    ] in output.replace("&amp;", "&")


def test_a_check_shows_them_as_escapes_on_a_terminal(hostile: Path, schema: Path) -> None:
    output = on_terminal("check", hostile, "--schema", schema, columns=400, env={"NO_COLOR": "1"}).output
    require_harmless(output)
    assert f"{FILE_SHOWN[:59]}…" in output
    assert "a.example" not in "".join(ESCAPE.findall(output))
    assert "]8;" not in output


def test_junit_is_xml_for_any_names(hostile: Path, schema: Path) -> None:
    document = ET.fromstring(run("check", hostile, "--schema", schema, "--format", "junit").output)
    told = "".join(each.text or "" for each in document.iter())
    assert f"column {SHOWN}" in told
    assert document.attrib["name"].isprintable()


def test_json_and_sarif_have_the_unchanged_names(hostile: Path, schema: Path) -> None:
    report = json.loads(run("check", hostile, "--schema", schema, "--format", "json").output)
    assert {f"{FILE}.csv"} == {each["file"] for each in report["findings"] if each["file"].endswith(".csv")}
    assert ATTACK in [each["column"] for each in report["findings"]]


def test_a_failure_shows_them_as_escapes(hostile: Path, schema: Path) -> None:
    shown = FILE_SHOWN.replace(r"\u2028", " ")  # what separates lines becomes a space in what is a line in any case
    assert f"{shown}.csv/none" in run("check", hostile / f"{FILE}.csv" / "none", "--schema", schema).failure
    assert shown in run("check", hostile, "--schema", hostile / FILE).failure
    (hostile / f"{FILE}.csv").write_bytes(b"\0")
    assert f"{shown}.csv: the file is not text" in run("check", hostile, "--schema", schema).failure


def test_wrong_arguments_are_shown_as_escapes(hostile: Path, schema: Path) -> None:
    # What a shell makes of `check *` where there is such a file.
    stderr = run("check", hostile, f"{FILE}.csv", "--schema", schema).stderr
    assert r"\x1b[2J\x9b2J\x07\u202e" in stderr
    assert all(line.isprintable() for line in stderr.split("\n"))


HOSTILE_JOB = job("shop-1", "CREATE FAILED")._replace(name=ATTACK)
HOSTILE_STATUS = StackStatus(
    name=ATTACK,
    status=ATTACK,
    is_in_progress=False,
    imports=[
        ImportStatus(
            name=ATTACK,
            logical_id="Import1",
            state=State.FAILED,
            job=HOSTILE_JOB,
            reason=f"first\nsecond {ATTACK}",
            data_location=f"s3://{ATTACK}",
        )
    ],
)


@pytest.mark.parametrize("render", [as_text, as_json])
def test_a_status_has_them_as_escapes(render: Callable[[StackStatus], str]) -> None:
    lines = render(HOSTILE_STATUS).splitlines()
    assert len(lines) == (1 if render is as_json else 4)
    assert all(line.isprintable() for line in lines)
    assert "[red]r[/red]" in lines[0]


def test_a_status_on_a_terminal_has_no_markup() -> None:
    console = Console(force_terminal=True, width=2000, no_color=True)
    with console.capture() as capture:
        console.print(Text(as_text(HOSTILE_STATUS)))
    require_harmless(capture.get())
    assert "[red]r[/red]" in capture.get()
    assert "]8;" not in capture.get()
