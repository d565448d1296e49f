"""The command as it is installed: a script, a version, and one line where libraries are missing."""

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from personalize_import_cli import __main__
from personalize_local import dependencies
from tests.cli.support.runs import environment, run


def test_the_installed_script_is_the_command() -> None:
    script = Path(sys.executable).with_name("personalize-import")
    ended = subprocess.run([script, "--version"], capture_output=True, text=True, check=True, env=environment())
    assert ended.stdout.split()[-1] == version("cdk-personalize-import")


def test_help_lists_the_commands_and_their_exit_codes() -> None:
    assert "check" in run("--help").output
    assert "2 the check could not run" in " ".join(run("check", "--help").output.split())


def test_without_the_extra_one_line_names_the_command_to_install_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dependencies, "find_spec", lambda name: None if name in ("click", "rich") else object())
    assert __main__.main() == 2
    assert capsys.readouterr().err == (
        f"personalize-import: click, rich not installed; run: {dependencies.install_command('cli')}\n"
    )


def test_without_site_packages_the_command_prints_only_how_to_install(tmp_path: Path) -> None:
    # -S leaves out what is installed; our own packages come by PYTHONPATH.
    command = [sys.executable, "-S", "-m", "personalize_import_cli", "check"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=environment())
    assert ended.returncode == 2
    (line,) = ended.stderr.splitlines()
    assert line.endswith("pip install 'cdk-personalize-import[cli]'")


@pytest.mark.parametrize(
    ("origin", "command"),
    [
        ({"url": "file:///home/my%20code", "dir_info": {}}, "'cdk-personalize-import[cli] @ file:///home/my%20code'"),
        ({"url": "file:///home/my%20code", "dir_info": {"editable": True}}, "--editable '/home/my code[cli]'"),
        ({"url": "file:///a.whl", "archive_info": {}}, "'cdk-personalize-import[cli] @ file:///a.whl'"),
    ],
)
def test_the_command_to_install_an_extra_names_the_origin_of_the_package(
    tmp_path: Path, origin: dict[str, object], command: str
) -> None:
    metadata = tmp_path / "cdk_personalize_import-0.1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: cdk-personalize-import\nVersion: 0.1.0\n")
    (metadata / "direct_url.json").write_text(json.dumps(origin))
    path = os.pathsep.join([str(tmp_path), environment()["PYTHONPATH"]])
    ended = subprocess.run(
        [sys.executable, "-S", "-m", "personalize_import_cli"],
        capture_output=True,
        text=True,
        check=False,
        env=environment({"PYTHONPATH": path}),
    )
    missing = "aws_croniter, click, duckdb, rich"
    assert ended.stderr == f"personalize-import: {missing} not installed; run: pip install {command}\n"
