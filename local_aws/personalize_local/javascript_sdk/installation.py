"""Installation of the AWS SDK for JavaScript from npm, in the versions of package-lock.json."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from personalize_local.dependencies import missing_dependencies

_LOCKED: Final = Path(__file__).parent
_FOLDER: Final = Path(sys.prefix) / "share" / "personalize-local"
# npm is installed from PyPI, next to this interpreter.
_NPM: Final = Path(sys.executable).with_name("npm")
# None of the packages needs its installation scripts.
_OPTIONS: Final = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")

NODE_MODULES: Final = _FOLDER / "node_modules"
"""The folder with the installed packages, which exists only after `install`."""
INSTALL_COMMAND: Final = f"{sys.executable} -m personalize_local.javascript_sdk"


class InstallationError(Exception):
    """The SDK could not be installed."""


def install(folder: Path = _FOLDER) -> None:
    """Install the packages with npm, by default into this Python environment; raise `InstallationError`."""
    if missing := missing_dependencies():
        raise InstallationError(missing)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(_LOCKED / name, folder / name)
    except OSError as error:
        raise InstallationError(f"can't write to {folder}: {error.strerror}") from error
    # As pip and uv do: https://nodejs.org/api/cli.html#node_use_system_ca1.
    environment = {"NODE_USE_SYSTEM_CA": "1", **os.environ}
    code = subprocess.run([_NPM, "ci", *_OPTIONS], cwd=folder, env=environment, check=False).returncode  # noqa: S603
    if code:
        raise InstallationError(f"npm could not install the packages in {folder}: exit code {code}")
