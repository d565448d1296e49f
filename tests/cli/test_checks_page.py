"""docs/checks.md is correct: its examples run, its tables are complete."""

import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from personalize_import_cli import exit_codes
from personalize_import_cli.commands.check import check
from personalize_import_handler.data_checks.rules import RULES
from tests.cli.conftest import HEADER
from tests.cli.support.runs import ROOT, environment, run

PAGE = (ROOT / "docs" / "checks.md").read_text()
MARK = "<!-- rules: what follows is written by `make docs-checks` -->\n"


@pytest.fixture
def folder(items: Path, schema: Path) -> Path:
    """The folder of the examples: an id is missing."""
    items.write_text(f"{HEADER}\n1,2.5,red\n,3.5,blue\n")
    return items.parent


def block(language: str) -> str:
    (text,) = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    return str(text)


def first_column(title: str) -> list[str]:
    section = PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| ([^|]+?) \|", section.partition("| --- |")[2], re.MULTILINE)


def test_the_table_of_rules_is_up_to_date() -> None:
    assert PAGE.partition(MARK)[2] == run("rules", "--format", "markdown").output


def test_the_table_of_rules_has_every_rule() -> None:
    ids = re.findall(r"^\| `([a-z0-9-]+)` \|", PAGE.partition(MARK)[2], re.MULTILINE)
    assert sorted(ids) == sorted(rule.id for rule in RULES)


def test_make_writes_the_table_and_keeps_the_text_above(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    page = tmp_path / "docs" / "checks.md"
    page.write_text(f"{PAGE.partition(MARK)[0]}{MARK}an older table\n")
    # The environment is there: this runs in it.
    options = ["--silent", f"--file={ROOT / 'Makefile'}", "--old-file=installed", "INSTALLED=installed"]
    command = ["make", *options, f"BIN={Path(sys.executable).parent}", "docs-checks"]
    subprocess.run(command, cwd=tmp_path, check=True, env=environment())
    assert page.read_text() == PAGE


def test_the_rules_are_listed() -> None:
    assert [line.split()[0] for line in run("rules").output.splitlines()] == [rule.id for rule in RULES]


def test_the_example_prints_what_the_page_shows(folder: Path) -> None:
    command, _, shown = block("console").partition("\n")
    _prompt, _program, *arguments = shlex.split(command)
    assert run(*arguments, cwd=folder).output == shown


def test_the_json_is_the_output_of_the_example(folder: Path) -> None:
    ended = run("check", "items.csv", "--schema", "items.schema.json", "--format", "json", cwd=folder)
    assert json.loads(block("json")) == json.loads(ended.output)


def test_the_page_installs_an_extra_of_the_project() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    (extra,) = re.findall(r"pip install '\.\[(\w+)\]'", block("sh"))
    names = {re.match(r"[\w-]+", each)[0] for each in extras[extra]}  # type: ignore[index]
    assert names == {"aws-croniter", "click", "duckdb", "pyarrow", "rich"}


def test_the_page_has_every_option() -> None:
    names = [re.match(r"`(--[a-z-]+|DATA)", each) for each in first_column("What is checked")]
    options = {option for each in check.params for option in each.opts}
    assert {name[1] for name in names if name} == {"DATA" if option == "data" else option for option in options}


def test_the_page_has_every_exit_code() -> None:
    codes = [exit_codes.NO_ERRORS, exit_codes.ERRORS_FOUND, exit_codes.COULD_NOT_RUN, exit_codes.HUNG_UP]
    codes += [exit_codes.INTERRUPTED, exit_codes.OUTPUT_CLOSED, exit_codes.TERMINATED]
    assert first_column("Exit codes") == [str(code) for code in codes]
