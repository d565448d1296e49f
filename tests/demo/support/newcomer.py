"""A newcomer: an empty home folder, a fresh clone, and a shell with only Python, make, Node and the CDK CLI."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[3]
PREREQUISITES = ("node", "cdk")
# Where packages come from, and through which proxy, is a matter of the machine.
OF_THE_MACHINE = ("PIP_", "UV_", "NPM_CONFIG_", "SSL_", "NODE_EXTRA_CA_CERTS", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")


class Newcomer:
    """Runs commands in a fresh clone of the repository, and records how long each step takes."""

    def __init__(self, folder: Path, record: Callable[[str, object], None]) -> None:
        self.checkout = folder / "checkout"
        self._record = record
        self._home, self._venv, tools = (folder / name for name in ("home", "venv", "tools"))
        for path in (self._home, tools):
            path.mkdir()
        for name in PREREQUISITES:
            (tools / name).symlink_to(Path(sys.executable).with_name(name))
        # The CDK CLI asks for approval on a terminal only; without one it refuses.
        (self._home / ".cdk.json").write_text(json.dumps({"requireApproval": "never"}))
        kept = {name: value for name, value in os.environ.items() if name.upper().startswith(OF_THE_MACHINE)}
        path_of = [self._venv / "bin", tools, Path(sys.base_prefix) / "bin", os.defpath]
        self._environment = {
            **kept,
            "HOME": str(self._home),
            "PATH": os.pathsep.join(map(str, path_of)),
            "CDK_DISABLE_CLI_TELEMETRY": "true",
        }
        self.local_aws = [str(self.checkout / ".venv/bin/personalize-import"), "local", "--speed", "60"]
        self.run("git clone", f"git clone --quiet {ROOT} {self.checkout}", folder)
        self.run("virtual environment", f"python3 -m venv {self._venv}", folder)

    def run(
        self, step: str, commands: str, folder: Path | None = None, *, fails: bool = False, before: Sequence[str] = ()
    ) -> str:
        """Run commands in bash, by default in the checkout, and return their output.

        Args:
            step: The name under which the time is recorded.
            commands: The commands.
            folder: The working directory.
            fails: True if the commands have to fail; otherwise they must not.
            before: A command that runs bash.
        """
        began = time.monotonic()
        ended = subprocess.run(
            [*before, "bash", "-euo", "pipefail", "-c", commands],
            cwd=folder or self.checkout,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._record(step, f"{time.monotonic() - began:.1f} s")
        assert (ended.returncode != 0) is fails, ended.stdout
        return ended.stdout
