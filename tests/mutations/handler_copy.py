"""A copy of the handler with one guard broken, and the handler's tests run against it."""

import compileall
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.mutations.patches import HANDLER, PACKAGE, ROOT, TESTS, Patch

ALL_TESTS: Final = ("handler", "faults")
_OTHER_ROOTS: Final = (ROOT, ROOT / "constructs", ROOT / "local_aws")

# Without these, each run would compile all modules again, or load other plugins.
_NOT_INHERITED: Final = ("PYTEST_", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE")


class DidNotRun(Exception):
    """The tests did not start or did not end, so the result is unknown."""


@dataclass(frozen=True)
class Run:
    """The result of a run of tests."""

    code: int
    output: str

    @property
    def is_green(self) -> bool:
        """Return whether all tests passed; raise `DidNotRun` if they did not start or did not end."""
        if self.code not in {0, 1}:
            raise DidNotRun(f"the tests did not run (code {self.code}):\n{self.output[-3000:]}")
        return self.code == 0


def copy_of_handler(folder: Path, patch: Patch | None = None) -> Path:
    """Create a copy with a broken guard in a separate folder, and return its source root.

    The compiled modules are copied too, so only the patched one is compiled again.
    """
    package = folder / "lambda_handler" / PACKAGE
    shutil.copytree(HANDLER, package)
    if patch:
        source = package / patch.file
        source.write_text(patch.applied_to(source.read_text()))
    return package.parent


class Runner:
    """A process that runs tests repeatedly, as a context manager that ends it and its child processes."""

    def __enter__(self) -> Self:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(_NOT_INHERITED)}
        compileall.compile_dir(HANDLER, quiet=1)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.mutations.runner"],
            cwd=ROOT,
            env={**inherited, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},  # plugins would be loaded in each run
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._process.communicate()  # the process ends when its input is closed

    def run(self, handler: Path, tests: Sequence[str]) -> Run:
        """Run tests (modules or folders of `tests/`) against a copy of the handler until the first failure."""
        assert self._process.stdin
        assert self._process.stdout
        output = handler.parent / "output.txt"
        request = {"package": str(handler / PACKAGE), "output": str(output), "arguments": _arguments(handler, tests)}
        self._process.stdin.write(f"{json.dumps(request)}\n")
        self._process.stdin.flush()
        return Run(int(self._process.stdout.readline()), output.read_text(errors="replace"))


def _arguments(handler: Path, tests: Sequence[str]) -> list[str]:
    roots = shlex.join(str(root) for root in (handler, *_OTHER_ROOTS))
    return [
        *("-x", "-q", "--tb=line", "-m", "not slow and not nightly", "-p", "no:cacheprovider", "-p", "no:xdist"),
        *("-p", "tests.mutations.first_failure", "-p", "_hypothesis_pytestplugin"),
        "--hypothesis-profile=first_failure",
        # This plugin collects garbage five times at the end of each run, which takes longer than most tests.
        *("-p", "no:unraisableexception"),
        *("-o", f"pythonpath={roots}", f"--basetemp={handler.parent / 'tmp'}"),
        *(str(TESTS / name) for name in tests),
    ]
