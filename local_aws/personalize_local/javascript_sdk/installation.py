"""Installation of the AWS SDK for JavaScript from npm, in the versions of package-lock.json."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

_LOCKED: Final = Path(__file__).parent
_FOLDER: Final = Path(sys.prefix) / "share" / "personalize-local"
# npm is installed from PyPI, next to this interpreter.
_NPM: Final = Path(sys.executable).with_name("npm")

NODE_MODULES: Final = _FOLDER / "node_modules"
"""The folder with the installed packages, which exists only after `install`."""
INSTALL_COMMAND: Final = f"{sys.executable} -m personalize_local.javascript_sdk"


def install() -> int:
    """Install the packages into this Python environment, and return npm's exit code."""
    _FOLDER.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(_LOCKED / name, _FOLDER / name)
    # None of the packages needs its installation scripts.
    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    return subprocess.run([_NPM, "ci", *options], cwd=_FOLDER, check=False).returncode  # noqa: S603
