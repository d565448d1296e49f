"""docs/reliability.md names the tests of this folder: no fault is told of without a test, and no test is left out."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
PAGE = (FOLDER.parents[1] / "docs" / "reliability.md").read_text()
SECTIONS = dict(re.findall(r"^`tests/faults/(\w+)\.py`\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE))
MODULES = sorted(path.stem for path in FOLDER.glob("test_*.py") if path != Path(__file__))


def test_every_module_has_a_table() -> None:
    assert sorted(SECTIONS) == MODULES


@pytest.mark.parametrize("module", MODULES)
def test_a_table_names_the_tests_of_its_module_in_their_order(module: str) -> None:
    tests = re.findall(r"^def (test_\w+)\(", (FOLDER / f"{module}.py").read_text(), re.MULTILINE)

    assert re.findall(r"^\|.*\| `(\w+)` \|$", SECTIONS[module], re.MULTILINE) == tests
