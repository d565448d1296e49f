"""Run the conformance tests, remove what they left behind, or use what they recorded."""

import argparse
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from tests.conformance.support.assumptions import FOLDER, Assumption, all_assumptions
from tests.conformance.support.clean_up import CleanUp
from tests.conformance.support.page import recordings, table, write_page
from tests.conformance.support.plan import plan
from tests.conformance.support.recording import Recording
from tests.conformance.support.target import Target, new_run
from tests.conformance.support.texts import replace_texts

_RECORDED: Final = FOLDER / "recorded"
_NOT_AWS: Final = Path("build/conformance")
_DECLINED: Final = 3


def main() -> int:
    """Run the command that is named in the arguments, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run the tests in the account and Region of the environment")
    run.add_argument("--yes", action="store_true", help="do not ask for confirmation")
    run.add_argument("--again", action="store_true", help="repeat tests whose results are recorded")
    run.add_argument("--recording", type=Path, help=f"default: a file in {_RECORDED.name}/, or in build/ if not on AWS")
    commands.add_parser("clean", help="remove the resources of all runs")
    commands.add_parser("texts", help="replace texts of the local service by those recorded on AWS")
    commands.add_parser("page", help="write docs/conformance.md from the tests and the recordings")
    arguments = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    if arguments.command == "page":
        write_page(_RECORDED)
        return 0
    if arguments.command == "texts":
        print(*replace_texts(recordings(_RECORDED), all_assumptions()), sep="\n")
        return 0
    if arguments.command == "clean":
        return _clean(CleanUp(Target(new_run())))
    return _run(Target(new_run()), arguments.recording, yes=arguments.yes, again=arguments.again)


def _run(target: Target, recording: Path | None, *, yes: bool, again: bool) -> int:
    path = recording or (_RECORDED if target.is_aws else _NOT_AWS) / f"{target.region}.json"
    recorded = {} if again else Recording(path).results
    assumptions = all_assumptions()
    print(plan(target, [found for name, found in assumptions.items() if name not in recorded], str(path)), flush=True)
    if not yes and not _is_confirmed():
        return _DECLINED
    os.environ |= {"CONFORMANCE_RUN": target.run, "CONFORMANCE_RECORDING": str(path.resolve())}
    os.environ |= {"CONFORMANCE_AGAIN": "1"} if again else {}
    try:
        code = pytest.main(["-q", "-p", "no:cacheprovider", "-p", "no:xdist", str(FOLDER)])
    finally:
        left = _clean(CleanUp(target, target.prefix))
    _print_table(assumptions, path)
    return 0 if code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED) else int(code) or left


def _is_confirmed() -> bool:
    print("Continue? [y/N] ", end="", flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _clean(clean_up: CleanUp) -> int:
    print("Removing all resources; a running import job has to end first.", flush=True)
    try:
        removed, errors = clean_up.remove_all()
    except KeyboardInterrupt:
        print("Interrupted; `make conformance-clean` removes the rest.", flush=True)
        return int(pytest.ExitCode.INTERRUPTED)
    print(*errors, f"Removed {removed} resources.", sep="\n", flush=True)
    return len(errors)


def _print_table(assumptions: Mapping[str, Assumption], path: Path) -> None:
    print(table(assumptions, [Recording(path)], "result"), flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(int(pytest.ExitCode.INTERRUPTED))
    except (BotoCoreError, ClientError) as error:
        sys.exit(f"conformance: {error}")
