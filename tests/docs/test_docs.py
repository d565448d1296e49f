"""The docs are correct: examples run, tables are complete, links are valid, figures match."""

import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from personalize_import import DatasetImportJob, ImportedDataset
from personalize_import_handler import contract
from personalize_import_handler.contract import Attribute
from personalize_import_handler.request.polling import seconds_until_next_poll

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
ARGUMENTS = (ROOT / "docs/arguments.md").read_text()
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
STATES_OF_A_POLL = 3  # wait, poll, choose


@pytest.mark.parametrize("construct", [DatasetImportJob, ImportedDataset])
def test_the_page_of_arguments_has_every_argument_of_a_construct(
    construct: type[DatasetImportJob | ImportedDataset],
) -> None:
    table = ARGUMENTS.partition(f"## {construct.__name__}\n")[2].partition("| argument |")[2].partition("\n\n")[0]
    parameters = inspect.signature(vars(construct)["__init__"]).parameters.values()
    expected = [parameter.name for parameter in parameters if parameter.kind is inspect.Parameter.KEYWORD_ONLY]
    assert re.findall(r"^\| `(\w+)`", table, re.MULTILINE) == expected


def test_the_page_of_arguments_has_every_attribute() -> None:
    assert [attribute for attribute in Attribute if f"`{attribute}`" not in ARGUMENTS] == []


def test_the_page_of_arguments_has_the_limits_of_the_contract() -> None:
    assert f"At most {contract.JOB_NAME_LENGTH_MAX} characters" in ARGUMENTS
    assert f"1 minute to {contract.WAIT_CHAIN_SECONDS_MAX // 3600} hours" in ARGUMENTS
    assert f"Each {contract.TIMEOUT_SECONDS_MAX // 60} minutes more add a resource" in ARGUMENTS


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 200


def test_the_cost_in_the_readme_matches_the_polling() -> None:
    polls, elapsed = 3, 0  # OnEvent starts the execution, IsComplete decides what to do, and does it
    while elapsed < 10 * 60:
        elapsed += seconds_until_next_poll(elapsed)
        polls += 1
    figures = re.search(r"about (\d+) invocations .*? some (\d+) state transitions", README, re.DOTALL)
    assert figures is not None
    assert int(figures[1]) == pytest.approx(polls, abs=2)
    assert int(figures[2]) == pytest.approx((polls - 1) * STATES_OF_A_POLL + 1, abs=10)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_between_files_are_valid(page: Path) -> None:
    text = page.read_text()
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        assert target.startswith("https://") or (page.parent / target).exists(), target
    titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    headings = {re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in titles}
    for anchor in re.findall(r"\]\(#([^)]+)\)", text):
        assert anchor in headings


def test_every_target_of_the_makefile_has_a_description() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = re.findall(r"^([a-z][a-z-]*):.*?(## .*)?$", makefile, re.MULTILINE)
    assert [name for name, description in targets if not description] == []
    for command in re.findall(r"^make ([a-z-]+)", README, re.MULTILINE):
        assert command in dict(targets)


@pytest.mark.parametrize(
    "folder",
    [
        "constructs/personalize_import",
        "lambda_handler/personalize_import_handler",
        "local_aws/personalize_local",
        "cli/personalize_import_cli",
    ],
    ids=lambda path: path,
)
def test_the_architecture_names_every_package(folder: str) -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text()
    packages = {path.parent.name for path in (ROOT / folder).glob("*/__init__.py")}
    assert [package for package in sorted(packages) if f"{package}/" not in page] == []


def test_the_drawing_of_the_packages_matches_the_imports() -> None:
    program = "import package_graph, sys; sys.stdout.write(package_graph.page(open(sys.argv[1]).read()))"
    drawn = subprocess.run(
        [sys.executable, "-c", program, ROOT / "ARCHITECTURE.md"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "docs")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert drawn.stdout == (ROOT / "ARCHITECTURE.md").read_text()
