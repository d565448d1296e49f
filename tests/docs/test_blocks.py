"""Every block of code in README and docs is run or checked here, or run by the tests that `blocks.RUN_BY` names."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import click
import pytest
from cfnlint.decode import decode_str
from jsonschema import Draft7Validator

from personalize_import_cli.app import cli
from personalize_import_handler import contract
from tests.docs.support.blocks import BEFORE, BLOCKS, ROOT, RUN_BY, Block

SCHEMA = json.loads((ROOT / "docs" / "PersonalizeDatasetImportJob.schema.json").read_text())
CHECKED_HERE = ("python", "json", "yaml")
# All in one process, because most of the time is the start of jsii. Failures are reported by name.
SYNTHESIZE = """
import json, sys, traceback
results = {}
for name, code in json.load(sys.stdin):
    space = {"__name__": "block"}
    try:
        exec(compile(code, name, "exec"), space)
        assembly = space["app"].synth()
        results[name] = [json.dumps(stack.template) for stack in assembly.stacks_recursively]
    except BaseException:
        results[name] = traceback.format_exc()
print(json.dumps(results))
"""


def blocks(*languages: str) -> list[Any]:
    chosen = [block for block in BLOCKS if block.language in languages and block.key(RUN_BY) is None]
    return [pytest.param(block, id=f"{number}-{block.name[:60]}") for number, block in enumerate(chosen)]


def code_of(block: Block) -> str:
    key = block.key(BEFORE)
    return f"{BEFORE[key] if key else ''}{block.text}"


@pytest.fixture(scope="module")
def synthesized(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The templates of every block of Python, or the traceback."""
    folder = tmp_path_factory.mktemp("blocks")
    (folder / "data").mkdir()
    (folder / "data" / "interactions.csv").write_text("USER_ID,ITEM_ID,TIMESTAMP\na,b,1700000000\n")
    environment = {**os.environ, "TMPDIR": str(folder)}
    code = json.dumps([(block.text, code_of(block)) for block in BLOCKS if block.language == "python"])
    ran = subprocess.run(
        [sys.executable, "-c", SYNTHESIZE], cwd=folder, env=environment, input=code, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    results: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return results


@pytest.mark.parametrize("block", blocks("python"))
def test_python_synthesizes_an_import(block: Block, synthesized: dict[str, Any]) -> None:
    templates = synthesized[block.text]
    assert isinstance(templates, list), templates
    assert any("datasetimport" in template.lower() for template in templates)  # ours, or what it takes the place of


@pytest.mark.parametrize("block", blocks("json"))
def test_json_is_json(block: Block) -> None:
    json.loads(block.text)


@pytest.mark.parametrize("block", blocks("yaml"))
def test_a_template_in_yaml_keeps_the_schema(block: Block) -> None:
    template, problems = decode_str(block.text)
    assert problems == []
    ours = [each for each in template["Resources"].values() if each["Type"].startswith(contract.RESOURCE_TYPE)]
    assert ours != []
    for resource in ours:
        Draft7Validator(SCHEMA).validate(json.loads(json.dumps(resource)))


@pytest.mark.parametrize(
    "block", [block for block in BLOCKS if block.language not in CHECKED_HERE], ids=lambda block: block.name[:60]
)
def test_any_other_block_is_run_by_tests(block: Block) -> None:
    assert block.key(RUN_BY) is not None, "name the tests that run it in tests/docs/support/blocks.py"


def test_every_block_in_the_tables_exists() -> None:
    for table in (BEFORE, RUN_BY):
        used = {block.key(table) for block in BLOCKS}
        assert [key for key in table if key not in used] == []
    for test in {test for tests in RUN_BY.values() for test in tests}:
        path, _, name = test.partition("::")
        assert f"def {name}(" in (ROOT / path).read_text(), test


def command_lines() -> Iterator[str]:
    for block in BLOCKS:
        if block.language in ("sh", "console"):
            for line in block.text.replace("\\\n", " ").splitlines():
                yield line.removeprefix("$ ").partition("  #")[0].strip()


@pytest.mark.parametrize("line", sorted({line for line in command_lines() if line.startswith("personalize-import ")}))
def test_every_command_of_the_project_exists(line: str) -> None:
    _program, name, *arguments = shlex.split(line)
    command = cli.commands[name]
    with click.Context(cli) as context:
        command.make_context(name, arguments, parent=context)  # reads the arguments, and runs nothing


def test_every_make_target_in_the_docs_exists() -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    shown = {found for line in command_lines() for found in re.findall(r"^make (?:-C \S+ )?([a-z-]+)", line)}
    assert shown - targets == set()
    assert {"install", "lint", "test", "test-slow"} <= shown


def test_the_architecture_shows_every_folder() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text()
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    folders = {path.partition("/")[0] for path in tracked if "/" in path and not path.startswith(".")}
    assert [folder for folder in sorted(folders) if f"{folder}/" not in page] == []


def test_the_terraform_resource_has_existing_properties() -> None:
    (block,) = [block for block in BLOCKS if block.language == "hcl"]
    shown = set(
        re.findall(r"^ *([A-Z]\w+) += ", block.text.partition("Properties")[2].partition("Outputs")[0], re.MULTILINE)
    )
    known = SCHEMA["properties"]["Properties"]
    assert set(known["required"]) <= shown <= set(known["properties"])
