"""The command `status`: when it repeats, when it ends, and what it prints."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from types import SimpleNamespace

import pytest

from personalize_import_cli.app import run
from personalize_import_cli.errors import CommandError, UnavailableError
from personalize_import_cli.output import OutputClosedError
from personalize_import_cli.stack import client, status_reader
from personalize_import_cli.stack.status import ImportStatus, StackStatus, State
from tests.cli.support.runs import Ended

BUSY = UnavailableError("Shop: Rate exceeded")
Results = Iterable[StackStatus | CommandError | KeyboardInterrupt | None]
RunStatus = Callable[..., Ended]


def status_of(stack_status: str, *states: State) -> StackStatus:
    imports = [ImportStatus(name="Import", logical_id="Import", state=state) for state in states]
    is_in_progress = stack_status.endswith("_IN_PROGRESS")
    return StackStatus(name="Shop", status=stack_status, is_in_progress=is_in_progress, imports=imports)


RUNNING = status_of("UPDATE_IN_PROGRESS", State.RUNNING)
DONE = status_of("UPDATE_COMPLETE", State.IMPORTED)
FAILED = status_of("UPDATE_ROLLBACK_COMPLETE", State.FAILED)


@pytest.fixture
def run_status(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> RunStatus:
    """Run `status` with given results of each read, all of which must be used."""

    def run_with(results: Results, *options: str) -> Ended:
        coming = iter(results)

        def read(*_: object) -> StackStatus | None:
            result = next(coming)
            if isinstance(result, BaseException):
                raise result
            return result

        monkeypatch.setattr("personalize_import_cli.commands.status.time.sleep", lambda _: None)
        monkeypatch.setattr(client, "StackClient", lambda: SimpleNamespace(region="eu-west-1"))
        monkeypatch.setattr(status_reader, "read_status", read)
        code = run(["status", "Shop", "--json", *options])
        assert list(coming) == []
        return Ended(code, *capsys.readouterr())

    return run_with


def statuses(ended: Ended) -> list[str]:
    return [json.loads(line)["stack_status"] for line in ended.output.splitlines()]


@pytest.mark.parametrize(("result", "code"), [(RUNNING, 0), (DONE, 0), (FAILED, 1)])
def test_without_watch_the_status_is_printed_once(run_status: RunStatus, result: StackStatus, code: int) -> None:
    ended = run_status([result])
    assert ended.code == code
    assert statuses(ended) == [result.status]


@pytest.mark.parametrize(("result", "code"), [(DONE, 0), (FAILED, 1)])
def test_watch_repeats_until_the_imports_have_ended(run_status: RunStatus, result: StackStatus, code: int) -> None:
    ended = run_status([RUNNING, RUNNING, result], "--watch")
    assert ended.code == code
    assert statuses(ended) == ["UPDATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", result.status]


def test_a_stack_that_has_ended_is_printed_once(run_status: RunStatus) -> None:
    assert statuses(run_status([DONE], "--watch")) == ["UPDATE_COMPLETE"]


def test_a_closed_pipe_ends_it_without_a_message(run_status: RunStatus, monkeypatch: pytest.MonkeyPatch) -> None:
    def write_to_closed_pipe(_text: str) -> None:
        raise OutputClosedError

    monkeypatch.setattr("personalize_import_cli.commands.status.write_out", write_to_closed_pipe)
    ended = run_status([RUNNING], "--watch")
    assert (ended.code, ended.stderr) == (141, "")


def test_watch_ends_when_the_stack_is_gone(run_status: RunStatus) -> None:
    assert run_status([RUNNING, None], "--watch").code == 0


def test_watch_survives_temporary_errors(run_status: RunStatus) -> None:
    assert statuses(run_status([RUNNING, BUSY, BUSY, DONE], "--watch")) == ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"]


def test_a_permanent_error_ends_watch_and_so_does_any_error_of_the_first_read(run_status: RunStatus) -> None:
    for results in ([RUNNING, *[BUSY] * 5], [BUSY]):
        ended = run_status(results, "--watch")
        assert (ended.code, ended.stderr) == (2, "personalize-import: Shop: Rate exceeded\n")


def test_a_stack_that_does_not_exist_is_an_error(run_status: RunStatus) -> None:
    assert run_status([None]).failure.startswith("Shop: there is no such stack in this account in Region eu-west-1.")


def test_a_stack_without_imports_is_an_error(run_status: RunStatus) -> None:
    failure = "Shop: the stack has no dataset import jobs (Custom::PersonalizeDatasetImportJob)"
    assert run_status([status_of("UPDATE_IN_PROGRESS")]).failure == failure
    assert run_status([status_of("UPDATE_COMPLETE")], "--watch").failure == failure


def test_a_stack_that_failed_before_its_imports_could_be_read_names_the_first_failure_and_the_command(
    run_status: RunStatus,
) -> None:
    failed = replace(status_of("ROLLBACK_COMPLETE"), first_failure="Bucket (AWS::S3::Bucket) failed: taken")

    failure = run_status([failed]).failure

    assert failure.startswith(
        "Shop: the stack is ROLLBACK_COMPLETE and no import was reached: Bucket (AWS::S3::Bucket) failed: taken. "
    )
    assert "run: cdk deploy" in failure


def test_a_stack_whose_change_set_was_not_executed_is_an_error_with_the_command(run_status: RunStatus) -> None:
    assert run_status([status_of("REVIEW_IN_PROGRESS")]).failure == (
        "Shop: Nothing was deployed yet: CloudFormation has a change set that was not executed. Run: cdk deploy"
    )


def test_watch_waits_for_imports_while_the_stack_is_in_progress(run_status: RunStatus) -> None:
    assert run_status([status_of("UPDATE_IN_PROGRESS"), RUNNING, DONE], "--watch").code == 0


def test_ctrl_c_ends_watch_with_130_and_reports_that_the_imports_continue(run_status: RunStatus) -> None:
    ended = run_status([RUNNING, KeyboardInterrupt()], "--watch")
    assert (ended.code, ended.stderr.splitlines()[0]) == (130, "Stopped watching Shop; its imports continue")
