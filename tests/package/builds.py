"""How the package is built and installed."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.synth.assembly import ROOT

__all__ = ["BUILD_SDIST", "BUILD_WHEEL", "ROOT", "make_environment", "pip", "run"]

BUILD_SDIST = "import sys; from hatchling.build import build_sdist; build_sdist(sys.argv[1])"
BUILD_WHEEL = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"


def run(*arguments: str | Path, folder: Path = ROOT, **environment: str) -> None:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment or None, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def pip(*arguments: str | Path) -> None:
    run("-m", "pip", "--disable-pip-version-check", "--quiet", *arguments)


def make_environment(folder: Path, interpreter: str | Path, *packages: str | Path) -> None:
    """Make an environment as `make install` does: with uv, or where that finds nothing, with pip."""
    python = folder / "bin" / "python"
    if uv := shutil.which("uv", path=Path(sys.executable).parent):
        subprocess.run([uv, "venv", "--quiet", "--python", interpreter, folder], check=True)
        command = [uv, "pip", "install", "--quiet", "--system-certs", "--python", python, *packages]
        if subprocess.run(command, capture_output=True, check=False).returncode == 0:
            return
    subprocess.run([interpreter, "-m", "venv", "--clear", folder], check=True)
    subprocess.run([python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", *packages], check=True)
