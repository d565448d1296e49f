"""`personalize-import local`: an AWS until Ctrl-C, or for a command."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import click
import pytest

from personalize_import_cli import app
from personalize_import_cli.commands.local import local
from personalize_local import dependencies
from tests.cli.support.runs import COMMAND, environment, run
from tests.local_aws.support.processes import accept_ctrl_c, descendants

PAGE = (Path(__file__).parents[2] / "docs" / "testing.md").read_text()
LIST_GROUPS = "import boto3; print(boto3.client('personalize').list_dataset_groups()['datasetGroups'])"
CREATE_A_GROUP = (
    "import boto3; print(boto3.client('personalize').create_dataset_group(name='films')['datasetGroupArn'])"
)
MAKE_A_SCHEMA = """import boto3, json
fields = [{'name': 'USER_ID', 'type': 'string'}, {'name': 'AGE', 'type': 'int'}]
schema = {'type': 'record', 'name': 'Users', 'namespace': 'n', 'fields': fields, 'version': '1.0'}
boto3.client('personalize').create_schema(name='kept', schema=json.dumps(schema))"""
LIST_SCHEMAS = (
    "import boto3; print([schema['name'] for schema in boto3.client('personalize').list_schemas()['schemas']])"
)


def with_python(script: str, *options: str | Path) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, "local", *map(str, options), "--", sys.executable, "-c", script]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=local_environment())


def local_environment() -> dict[str, str]:
    """The server's package too, and things that would lead away from it."""
    roots = environment()["PYTHONPATH"]
    return environment(
        {"PYTHONPATH": f"{roots}:{roots.replace('lambda_handler', 'local_aws')}", "AWS_PROFILE": "other"}
    )


def test_a_command_uses_the_local_aws_and_its_exit_code_is_returned() -> None:
    ended = with_python(f"{LIST_GROUPS}; raise SystemExit(7)")
    assert (ended.returncode, ended.stdout) == (7, "[]\n"), ended.stderr


def test_the_local_aws_has_the_given_account_and_region() -> None:
    ended = with_python(CREATE_A_GROUP, "--account", "123456789012", "--region", "us-east-1")
    assert ended.stdout == "arn:aws:personalize:us-east-1:123456789012:dataset-group/films\n", ended.stderr


def test_the_quota_of_dataset_groups_can_be_set() -> None:
    ended = with_python(CREATE_A_GROUP, "--dataset-groups", "0")
    assert "LimitExceededException" in ended.stderr


def test_a_signal_is_forwarded_to_the_command_whose_options_need_no_two_dashes(tmp_path: Path) -> None:
    command = [*COMMAND, "local", "sh", "-c", 'echo "$0"; exec sleep 60', "--verbose"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=local_environment()) as running:
        assert running.stdout
        assert running.stdout.readline() == "--verbose\n"
        assert len(descendants(running.pid)) > 1
        running.terminate()
        assert running.wait(30) == 128 + signal.SIGTERM
        assert descendants(running.pid) == set()


def test_a_command_that_does_not_exist_is_reported() -> None:
    assert run("local", "there-is-no-such-command", env=local_environment()).failure == (
        "there-is-no-such-command: No such file or directory"
    )


@pytest.mark.slow
def test_a_shell_uses_it_by_the_printed_exports_and_the_folder_keeps_the_state(
    tmp_path: Path,
) -> None:
    command = [*COMMAND, "local", "--port", "0", "--state", str(tmp_path)]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=local_environment(),
        preexec_fn=accept_ctrl_c,
    ) as serving:
        assert serving.stdout
        assert serving.stderr
        lines = b""
        while b"AWS_SHARED_CREDENTIALS_FILE" not in lines:
            lines += serving.stdout.readline()
        shell = ["sh", "-c", f'{lines.decode()}"{sys.executable}" -c "{MAKE_A_SCHEMA}"']
        subprocess.run(shell, check=True, env=local_environment())
        second = run("local", "--port", "0", "--state", tmp_path, env=local_environment())
        serving.send_signal(signal.SIGINT)
        assert serving.wait(30) == 0
        assert serving.stderr.read() == b""
    assert second.failure == f"{tmp_path} is used by another local AWS"
    assert with_python(LIST_SCHEMAS, "--state", tmp_path).stdout == "['kept']\n"


def test_a_port_in_use_is_reported() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        failure = run("local", "--port", str(port), env=local_environment()).failure
    assert failure == f"can't listen on port {port} of 127.0.0.1: Address already in use; use port 0 for a free port"


def test_an_invalid_option_is_reported() -> None:
    failure = run("local", "--speed", "0", env=local_environment()).failure
    assert failure == "speed must be a number from 0.01 to 10000, got 0.0"


def test_without_the_extra_one_line_names_the_command_to_install_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dependencies, "find_spec", lambda name: None if name == "ministack" else object())
    assert app.run(["local"]) == 2
    assert capsys.readouterr().err == (
        f"personalize-import: ministack not installed; run: {dependencies.install_command('local')}\n"
    )


def test_the_other_commands_load_nothing_of_the_extra() -> None:
    script = "import sys, personalize_import_cli.app; print(*{'ministack', 'trustme', 'boto3'} & set(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert loaded.stdout == "\n"


def test_the_page_has_every_option() -> None:
    options = [name for option in local.params if isinstance(option, click.Option) for name in option.opts]
    assert [name for name in options if f"| `{name}" not in PAGE] == []
