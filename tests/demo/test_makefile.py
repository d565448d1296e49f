"""The arguments that `make` passes to the demo."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.demo.support.runs import ROOT


@pytest.mark.parametrize("name", ["it's here.csv", 'a "b".csv', "c d.csv"])
def test_paths_are_passed_unchanged(tmp_path: Path, name: str) -> None:
    installed = tmp_path / "installed"
    installed.touch()
    path = tmp_path / name
    variables = [f"DATA={path}", f"INSTALLED={installed}", f"BIN={Path(sys.executable).parent}"]
    made = subprocess.run(
        ["make", "--silent", "deploy-local", *variables], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert made.returncode != 0
    assert made.stdout == f"DATA must be a CSV file or a folder of CSV files: {path} not found (in {ROOT})\n"


def test_the_help_names_the_variables_of_deploy_local() -> None:
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    (line,) = [line for line in shown.splitlines() if line.startswith("deploy-local ")]
    assert "[DATA=data.csv|folder SCHEMA=schema.json IMPORT_SECONDS=20]" in line
