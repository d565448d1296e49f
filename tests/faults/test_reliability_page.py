"""docs/reliability.md names the tests of all faults, including real deploys."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
DEPLOYS = FOLDER.parent / "deploy"
PAGE = (FOLDER.parents[1] / "docs" / "reliability.md").read_text()
SECTIONS = dict(re.findall(r"^`tests/faults/(\w+)\.py`\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE))
MODULES = sorted(path.stem for path in FOLDER.glob("test_*.py") if path != Path(__file__))
TABLES_WITH_DEPLOYS = re.findall(r"^\|.* deployed \|\n(?:\|.*\|\n)+", PAGE, re.MULTILINE)
DEPLOYED = {
    test
    for table in TABLES_WITH_DEPLOYS
    for row in table.splitlines()
    for test in re.findall(r"`(test_\w+)`", row.split("|")[-2])
}


def named_in(modules: Iterable[Path]) -> list[str]:
    return [test for path in modules for test in re.findall(r"^def (test_\w+)\(", path.read_text(), re.MULTILINE)]


def test_every_module_has_a_table() -> None:
    assert sorted(SECTIONS) == MODULES


@pytest.mark.parametrize("module", MODULES)
def test_a_table_names_the_tests_of_its_module_in_their_order(module: str) -> None:
    named = re.findall(r"^\|[^|]*\|[^|]*\| `(\w+)` \|", SECTIONS[module], re.MULTILINE)

    assert named == named_in([FOLDER / f"{module}.py"])


def test_every_named_deploy_test_exists() -> None:
    assert set(named_in(DEPLOYS.glob("test_*.py"))) >= DEPLOYED


def test_every_deploy_test_of_a_fault_is_named() -> None:
    assert set(named_in([*DEPLOYS.glob("test_faults_*.py"), DEPLOYS / "test_many_stacks.py"])) <= DEPLOYED
