"""Build and install the package."""

import subprocess
import sys
from pathlib import Path

from tests.constructs.support.assembly import ROOT

__all__ = ["BUILD_SDIST", "BUILD_WHEEL", "ROOT", "make_environment", "pip", "run"]

BUILD_SDIST = "import sys; from hatchling.build import build_sdist; build_sdist(sys.argv[1])"
BUILD_WHEEL = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"

LOCKS = ROOT / "locks"


def run(*arguments: str | Path, folder: Path = ROOT, **environment: str) -> None:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment or None, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def pip(*arguments: str | Path) -> None:
    run("-m", "pip", "--disable-pip-version-check", "--quiet", *arguments)


def make_environment(folder: Path, interpreter: str | Path, *packages: str | Path) -> None:
    """Create an environment with the packages, and with the locked versions of what they need.

    Every download is checked against the hashes of the locks. Where uv finds no packages, pip installs the whole lock.
    """
    uv, python = Path(sys.executable).with_name("uv"), folder / "bin" / "python"
    subprocess.run([uv, "venv", "--quiet", "--python", interpreter, folder], check=True)
    locks: list[str | Path] = ["--constraints", LOCKS / "dev.txt", "--build-constraints", LOCKS / "build.txt"]
    command: list[str | Path] = [
        uv,
        "pip",
        "install",
        "--quiet",
        "--system-certs",
        "--python",
        python,
        *locks,
        *packages,
    ]
    if subprocess.run(command, capture_output=True, check=False).returncode == 0:
        return
    subprocess.run([interpreter, "-m", "venv", "--clear", folder], check=True)
    install: list[str | Path] = [
        python,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--quiet",
        "install",
        "--no-build-isolation",
    ]
    for lock in ["build", "dev"]:
        subprocess.run([*install, "--require-hashes", "-r", LOCKS / f"{lock}.txt"], check=True)
    subprocess.run([*install, "--no-index", *packages], check=True)
