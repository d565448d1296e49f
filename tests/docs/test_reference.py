"""The API reference has what is public, inherited members included, and nothing internal."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

import personalize_import
from personalize_local import testing

_HEADING: Final = re.compile(r'<h[2-6] id="([\w.]+)" class="doc')
_SOURCES: Final = ("personalize_import.", "personalize_import_handler.", "personalize_local.")
# Public for other packages of this project only.
_INTERNAL: Final = {
    "DataSource.bind",
    "DatasetSchema.text",
    "ImportTarget.bind",
    "Reimport.mode",
    "Reimport.value",
    "Reimport.as_of",
    "Reimport.compares_data",
}


def members_of(name: str, one: type) -> Iterator[str]:
    """Yield the class, and its public members that this project defines."""
    yield name
    for each in inspect.getmro(one):
        if each.__module__.startswith(_SOURCES):
            own = {**vars(each), **inspect.get_annotations(each)}
            yield from (f"{name}.{member}" for member in own if not member.startswith("_"))


@pytest.mark.parametrize(("page", "module"), [("constructs", personalize_import), ("testing", testing)])
def test_the_reference_has_each_public_name_with_its_inherited_members(
    site: Path, page: str, module: ModuleType
) -> None:
    documented = _HEADING.findall((site / "reference" / f"{page}.html").read_text())
    expected = {member for name in module.__all__ for member in members_of(name, getattr(module, name))}
    assert sorted(documented) == sorted(f"{module.__name__}.{member}" for member in expected - _INTERNAL)


def test_the_reference_documents_metrics_rules_and_alarms_at_the_job(site: Path) -> None:
    text = (site / "reference" / "constructs.html").read_text()
    for inherited in ("metric_errors", "metric_execution_time", "add_alarms", "on_failed", "on_state_change"):
        assert f'id="personalize_import.DatasetImportJob.{inherited}"' in text


@pytest.mark.parametrize(
    "internal",
    [
        "MonitoredImport",
        "RefreshedImport",
        "StateChangeSource",
        "ReimportMode",
        "LocalAws",
        "personalize_import_handler",
        "data_source.D",
    ],
)
def test_the_reference_has_no_internal_types_and_modules(site: Path, internal: str) -> None:
    pages = [page.read_text() for page in (site / "reference").glob("*.html")]
    assert pages
    assert [page for page in pages if re.search(rf"\b{re.escape(internal)}", page)] == []


def test_pages_that_docstrings_name_are_links(site: Path) -> None:
    text = (site / "reference" / "constructs.html").read_text()
    assert '<a href="../events.html">Monitor imports</a>' in text
    assert re.findall(r"\bdocs/[\w-]+\.md", text) == []
