"""How the package is built and installed."""

import subprocess
import sys
from pathlib import Path

from tests.synth.assembly import ROOT

__all__ = ["BUILD_SDIST", "ROOT", "pip", "run"]

BUILD_SDIST = "import sys; from hatchling.build import build_sdist; build_sdist(sys.argv[1])"


def run(*arguments: str | Path, folder: Path = ROOT, **environment: str) -> None:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment or None, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def pip(*arguments: str | Path) -> None:
    run("-m", "pip", "--disable-pip-version-check", "--quiet", *arguments)
