"""How the package is built and installed."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.synth.assembly import ROOT

__all__ = ["BUILD_SDIST", "ROOT", "install", "pip", "run"]

BUILD_SDIST = "import sys; from hatchling.build import build_sdist; build_sdist(sys.argv[1])"


def run(*arguments: str | Path, folder: Path = ROOT, **environment: str) -> None:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment or None, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def pip(*arguments: str | Path) -> None:
    run("-m", "pip", "--disable-pip-version-check", "--quiet", *arguments)


def install(python: Path, *packages: str | Path) -> None:
    """Install into an environment as `make install` does: with uv, or where that finds nothing, with pip."""
    uv = shutil.which("uv", path=Path(sys.executable).parent)
    if uv:
        command = [uv, "pip", "install", "--quiet", "--system-certs", "--python", python, *packages]
        if subprocess.run(command, capture_output=True, check=False).returncode == 0:
            return
    subprocess.run([python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", *packages], check=True)
