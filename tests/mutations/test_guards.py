"""Each guard of the handler is broken on purpose, and at least one of the handler's tests fails."""

import importlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Final

import pytest

from tests.mutations.changed import changed_files, guards_to_break
from tests.mutations.handler_copy import ALL_TESTS, DidNotRun, Run, Runner, copy_of_handler
from tests.mutations.patches import HANDLER, TESTS, Patch

TABLES: Final = sorted(path.stem for path in Path(__file__).parent.glob("guards_of_*.py"))
GUARDS: Final[list[Patch]] = [
    patch for table in TABLES for patch in importlib.import_module(f"tests.mutations.{table}").GUARDS
]
SURVIVORS_MAX: Final = 0.05
"""The allowed share of broken guards without a failing test; two are always allowed."""
AT_A_TIME: Final = 2


def test_every_patch_still_applies_and_results_in_valid_python() -> None:
    for patch in GUARDS:
        source = (HANDLER / patch.file).read_text()
        broken = patch.applied_to(source)
        assert broken != source, patch.guard
        compile(broken, patch.file, "exec")


def test_no_patch_only_results_in_an_undefined_name(tmp_path: Path) -> None:
    for number, patch in enumerate(GUARDS):
        (tmp_path / f"{number}.py").write_text(patch.applied_to((HANDLER / patch.file).read_text()))

    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--select", "F821", str(tmp_path)]
    checked = subprocess.run([*command, "--output-format", "json"], capture_output=True, text=True)

    undefined = {int(Path(each["filename"]).stem) for each in json.loads(checked.stdout)}
    assert [GUARDS[number].guard for number in sorted(undefined)] == []


def test_every_patch_is_different_and_has_a_unique_name() -> None:
    assert [guard for guard, times in Counter(patch.guard for patch in GUARDS).items() if times > 1] == []
    assert len({(patch.file, patch.before, patch.after) for patch in GUARDS}) == len(GUARDS)


def test_the_tests_that_should_fail_exist() -> None:
    assert [name for patch in GUARDS for name in patch.tests.split() if not is_there(name)] == []


def is_there(name: str) -> bool:
    """Return whether a module exists, and a test in it if one is named."""
    module, _, test = name.partition("::")
    return (TESTS / module).is_file() and (not test or f"def {test}(" in (TESTS / module).read_text())


@pytest.mark.slow
def test_a_handler_that_does_not_load_fails_the_tests(tmp_path: Path) -> None:
    broken = Patch(
        "contract/__init__.py", "", "", "from enum import StrEnum\n", 'raise ImportError("broken on purpose")\n'
    )

    with Runner() as runner:
        run = runner.run(copy_of_handler(tmp_path, broken), ["handler/request/test_polling.py"])

    assert run.code != 0
    assert "broken on purpose" in run.output


@pytest.mark.slow
def test_a_broken_guard_of_a_changed_file_fails_a_test(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    break_all(guards_to_break(GUARDS, changed_files()), tmp_path, record_property)


@pytest.mark.nightly
def test_every_broken_guard_fails_a_test(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    break_all(GUARDS, tmp_path, record_property)


def break_all(guards: Sequence[Patch], folder: Path, record_property: Callable[[str, object], None]) -> None:
    with Runner() as first, Runner() as second, ThreadPoolExecutor(AT_A_TIME) as pool:
        runners: SimpleQueue[Runner] = SimpleQueue()
        runners.put(first)
        runners.put(second)
        unpatched = pool.submit(in_free_runner, runners, copy_of_handler(folder / "unpatched"), ALL_TESTS)
        survived = [pool.submit(survives, runners, patch, folder / str(at)) for at, patch in enumerate(guards)]
        try:
            assert unpatched.result().is_green, unpatched.result().output[-3000:]
            survivors = [patch.guard for patch, one in zip(guards, survived, strict=True) if one.result()]
        finally:
            pool.shutdown(cancel_futures=True)

    share = len(survivors) / len(guards)
    names = f": {'; '.join(survivors)}" if survivors else ""
    record_property("mutations", f"{len(guards)} guards broken, {len(survivors)} survived ({share:.1%}){names}")
    assert len(survivors) <= max(2, SURVIVORS_MAX * len(guards)), f"no test fails without these guards: {survivors}"


def survives(runners: SimpleQueue[Runner], patch: Patch, folder: Path) -> bool:
    """Return whether all tests pass with a broken guard; the tests of the guard run first."""
    handler = copy_of_handler(folder, patch)
    try:
        return all(in_free_runner(runners, handler, tests).is_green for tests in (patch.tests.split(), ALL_TESTS))
    except DidNotRun as problem:
        raise DidNotRun(f"{patch.guard}: {problem}") from problem


def in_free_runner(runners: SimpleQueue[Runner], handler: Path, tests: Sequence[str]) -> Run:
    runner = runners.get()
    try:
        return runner.run(handler, tests)
    finally:
        runners.put(runner)
