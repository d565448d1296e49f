"""The wheel with every version of Python that this machine has: it installs, and synthesizes the same."""

import os
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

from tests.package.support.builds import ROOT, make_environment

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
OLDEST = 11
CLAIMED = [int(found) for found in re.findall(r"Python :: 3\.(\d+)", " ".join(PROJECT["classifiers"]))]


@cache
def interpreter(minor: int) -> Path | None:
    """Find a version of Python: on the PATH, or where pyenv keeps it."""
    kept = sorted(Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/python3.{minor}"))
    on_path = [Path(folder) / f"python3.{minor}" for folder in os.environ.get("PATH", os.defpath).split(os.pathsep)]
    return next((path for path in [*kept, *on_path] if path.exists() and _runs(path)), None)


def _runs(path: Path) -> bool:
    """Return whether an interpreter runs, and is not the placeholder of pyenv."""
    return subprocess.run([path, "-c", "import venv, ensurepip"], capture_output=True, check=False).returncode == 0


def test_every_version_from_the_required_one_on_is_classified() -> None:
    assert PROJECT["requires-python"] == f">=3.{OLDEST}"
    assert list(range(OLDEST, max(CLAIMED) + 1)) == CLAIMED


@pytest.mark.nightly
# The version that runs this has more to do in the other tests here.
@pytest.mark.parametrize("minor", [minor for minor in CLAIMED if minor != sys.version_info.minor])
def test_the_wheel_synthesizes_with_every_other_classified_version(
    minor: int, wheels: dict[str, Path], small_app: Path, tmp_path: Path
) -> None:
    python = interpreter(minor)
    if python is None:
        pytest.skip(f"this machine has no Python 3.{minor}")
    make_environment(tmp_path / "venv", python, wheels["checkout"])
    installed = tmp_path / "venv" / "bin" / "python"

    # The Node of this environment, for the wheel brings none without its extra.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}"
    environment = {"PATH": path, "HOME": str(Path.home()), "CDK_OUTDIR": str(tmp_path / "out")}
    subprocess.run([installed, "-W", "error::SyntaxWarning", small_app], cwd=tmp_path, env=environment, check=True)

    assert (tmp_path / "out" / "Small.template.json").exists()
    modules = (
        "personalize_import_handler.index",
        "personalize_local.server.launcher",
        "personalize_import_cli.__main__",
    )
    imports = f"import {', '.join(modules)}"
    subprocess.run([installed, "-c", imports], cwd=tmp_path, check=True)
