"""The docs build as a site: strictly, complete, and without external resources."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.docs.support.site import ROOT

_LOADED = re.compile(r'<(?:script|img|iframe)[^>]* src="([^"]*)"|<link[^>]*rel="stylesheet"[^>]*href="([^"]*)"')
_LINK = re.compile(r'<a\b[^>]* href="([^"#]*)[^"]*"[^>]*>(.*?)</a>', re.DOTALL)
_FILE_NAME = re.compile(r"(?:<code>)?[\w./-]+\.(?:md|py|json|svg)(?:</code>)?")


def pages_of(site: Path) -> Iterator[tuple[Path, str]]:
    # The page of a server for missing pages has absolute links.
    return ((page, page.read_text()) for page in sorted(site.rglob("*.html")) if page.name != "404.html")


def test_the_site_has_the_pages_of_the_root_and_of_the_docs(site: Path) -> None:
    # The build is strict: a page that isn't in the navigation is an error too.
    pages = {page.relative_to(site).as_posix() for page, _ in pages_of(site)}
    assert {"index.html", "migration.html", "reference/constructs.html", "decisions/index.html"} <= pages


def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    loaded = {address for _, text in pages_of(site) for addresses in _LOADED.findall(text) for address in addresses}
    assert loaded
    assert [address for address in loaded if ":" in address] == []


def test_every_link_leads_to_a_file_of_the_site(site: Path) -> None:
    targets = {
        (page.parent / address).resolve()
        for page, text in pages_of(site)
        for address, _ in _LINK.findall(text)
        if address and "://" not in address
    }
    assert targets
    assert [target for target in targets if not target.is_file()] == []


def test_no_link_has_a_file_name_as_its_text(site: Path) -> None:
    texts = {text.strip() for _, page in pages_of(site) for _, text in _LINK.findall(page)}
    assert "Troubleshooting" in texts
    assert [text for text in texts if _FILE_NAME.fullmatch(text)] == []


def test_the_site_has_no_files_of_python(site: Path) -> None:
    assert (ROOT / "docs" / "site.py").exists()
    assert [path for path in site.rglob("*") if path.suffix in {".py", ".pyc"}] == []


def test_pages_of_contributors_are_in_a_section_of_the_navigation(site: Path) -> None:
    text = (site / "index.html").read_text()
    _, section, pages = text.partition("For contributors")
    assert section
    for page in ("contributing", "architecture", "decisions/index", "conformance"):
        assert f'href="{page}.html" class="md-nav__link"' in pages
