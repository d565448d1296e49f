"""The docs as a site."""

import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[3]


def build_site(folder: Path) -> Path:
    """Build the site with `make docs`, check that nothing was printed, and return the folder of the site."""
    (folder / "installed").touch()
    variables = [
        f"INSTALLED={folder / 'installed'}",
        f"BIN={Path(sys.executable).parent}",
        f"SITE={folder / 'site'}",
    ]
    made = subprocess.run(["make", "--silent", "docs", *variables], cwd=ROOT, capture_output=True, text=True)
    assert (made.returncode, made.stdout, made.stderr) == (0, "", "")
    return folder / "site"
