"""Each import contract of pyproject.toml is kept, and is broken by an import that it forbids."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.package.support.builds import ROOT

SOURCE_ROOTS: Final = ("constructs", "lambda_handler", "local_aws", "cli")
PACKAGES: Final = (*SOURCE_ROOTS, "bench", "demo", "tests")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def broken_contracts(project: Path) -> list[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    source_roots = os.pathsep.join(str(project / root) for root in SOURCE_ROOTS)
    done = subprocess.run(
        command, cwd=project, env={**os.environ, "PYTHONPATH": source_roots}, capture_output=True, text=True
    )
    assert "Contracts:" in done.stdout, done.stdout + done.stderr
    broken = [line.partition(" BROKEN")[0] for line in done.stdout.splitlines() if " BROKEN" in line]
    assert done.returncode == bool(broken)
    return broken


def test_all_contracts_are_kept(project: Path) -> None:
    assert broken_contracts(project) == []


@pytest.mark.parametrize(
    ("module", "statement", "contract"),
    [
        (
            "constructs/personalize_import/suppressions.py",
            "import personalize_import_cli.__main__",
            "a tree imports only the trees below it",
        ),
        (
            "lambda_handler/personalize_import_handler/errors.py",
            "import personalize_local.dependencies",
            "a tree imports only the trees below it",
        ),
        (
            "bench/tables.py",
            "import tests.conftest",
            "a tree imports only the trees below it",
        ),
        (
            "constructs/personalize_import/suppressions.py",
            "import personalize_import_handler.errors",
            "the constructs import only contract and data_checks of the handler",
        ),
        (
            "lambda_handler/personalize_import_handler/data_checks/findings.py",
            "import personalize_import_handler.aws.personalize",
            "contract and data_checks import nothing else of the handler",
        ),
        (
            "lambda_handler/personalize_import_handler/contract/printable.py",
            "import crhelper",
            "a synth loads neither boto3 nor crhelper",
        ),
        (
            "lambda_handler/personalize_import_handler/errors.py",
            "import click",
            "the handler needs only boto3 and crhelper",
        ),
        (
            "tests/conformance/support/target.py",
            "import personalize_local.dependencies",
            "the conformance tests use only boto3",
        ),
        (
            "constructs/personalize_import/suppressions.py",
            "import personalize_import.provider.provider",
            "no cycle between packages or modules",
        ),
    ],
)
def test_a_forbidden_import_breaks_its_contract(project: Path, module: str, statement: str, contract: str) -> None:
    source = project / module
    source.write_text(f"{source.read_text()}\n{statement}\n")

    assert contract in broken_contracts(project)
