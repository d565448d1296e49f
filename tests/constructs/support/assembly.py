"""Apps synthesized as the CDK CLI does it: in a separate process, into a folder."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[3]
SOURCE_ROOTS: Final = [ROOT / "constructs", ROOT / "lambda_handler"]
_RUN: Final = """
import json, pathlib, runpy, sys
runpy.run_path(sys.argv[1], run_name="__main__")
import personalize_import
pathlib.Path(sys.argv[2]).write_text(json.dumps([personalize_import.__file__, *sys.modules]))
"""


@dataclass(frozen=True)
class Assembly:
    """The assembly and the output of a synth."""

    folder: Path
    modules: frozenset[str]
    construct: Path
    said: str

    def files(self) -> dict[str, bytes]:
        """Return every file with its content."""
        files = [path for path in sorted(self.folder.rglob("*")) if path.is_file()]
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in files}

    def templates(self) -> dict[str, dict[str, Any]]:
        """Return the templates by the names of their files."""
        return {path.name: json.loads(path.read_bytes()) for path in self.folder.glob("*.template.json")}

    @property
    def asset(self) -> Path:
        """The folder with the code of the functions; there is one, however many stacks use it."""
        (folder,) = self.folder.glob("asset.*")
        return folder


def synth(
    app: Path,
    outdir: Path,
    *,
    folder: Path = ROOT,
    environment: Mapping[str, str] | None = None,
    without: tuple[str, ...] = (),
    prefix: tuple[str, ...] = (),
    packages: list[Path] | None = None,
) -> Assembly:
    """Run an app in a subprocess, in `folder`, with the packages of the checkout or those in `packages`.

    `environment` comes on top of this process's own, `without` variables that start so; `prefix` is the command that
    runs it.
    """
    loaded = outdir.with_name(f"{outdir.name}.modules.json")
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    done = subprocess.run(
        [
            *prefix,
            sys.executable,
            "-c",
            f"import sys; sys.path.insert(0, {str(app.parent)!r}){_RUN}",
            str(app),
            str(loaded),
        ],
        cwd=folder,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith(without or ("-",))},
            "PYTHONPATH": os.pathsep.join(str(path) for path in packages or SOURCE_ROOTS),
            "CDK_OUTDIR": str(outdir),
            "CDK_CONTEXT_JSON": json.dumps(context),
            **(environment or {}),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    construct, *modules = json.loads(loaded.read_text())
    return Assembly(outdir, frozenset(modules), Path(construct), done.stdout + done.stderr)
