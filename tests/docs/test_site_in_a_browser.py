"""Every page of the site in a real browser, opened from its folder."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.docs.support.browser import CHROMIUM, Browser, running_browser

pytestmark = [
    pytest.mark.nightly,
    pytest.mark.skipif(CHROMIUM is None, reason="needs the command chromium, of the package chromium in Debian"),
]
_WIDTH_OF_THE_PAGE: Final = "document.documentElement.scrollWidth"
# The theme puts each table into an element that scrolls when the table is wider.
_WIDE_TABLES: Final = """
[...document.querySelectorAll(".md-typeset__scrollwrap")]
  .filter(wrapper => wrapper.scrollWidth > wrapper.clientWidth)
  .map(wrapper => wrapper.textContent.trim())
"""
_SEARCH: Final = """
new Promise(found => {
  document.querySelector("#__search").click();
  const input = document.querySelector(".md-search__input");
  input.focus();
  input.value = "on_failed";
  input.dispatchEvent(new KeyboardEvent("keyup"));
  const collect = () => {
    const links = [...document.querySelectorAll(".md-search-result__link")].map(link => link.href);
    links.length ? found(links) : setTimeout(collect, 100);
  };
  collect();
})
"""

# The colors that each drawn element has or inherits.
_COLORS: Final = """
[...document.querySelectorAll("rect, path, circle, line, text")].flatMap(element =>
  ["fill", "stroke"]
    .filter(name => element.closest(`[${name}]`))
    .map(name => getComputedStyle(element)[name])
    .filter(color => color !== "none"))
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with running_browser(tmp_path_factory.mktemp("chromium")) as running:
        yield running


@pytest.mark.parametrize("width", [1200, 400])
def test_no_page_is_wider_than_the_window(site: Path, browser: Browser, width: int) -> None:
    widths = {}
    for page in site.rglob("*.html"):
        browser.open(page.as_uri(), width=width)
        widths[page.name] = browser.evaluate(_WIDTH_OF_THE_PAGE)
    assert {page: found for page, found in widths.items() if found > width} == {}


def test_every_table_fits_a_window_of_1200_pixels(site: Path, browser: Browser) -> None:
    tables = {}
    for page in site.rglob("*.html"):
        if "<table>" in page.read_text():
            browser.open(page.as_uri(), width=1200)
            tables[page.name] = browser.evaluate(_WIDE_TABLES)
    assert tables
    assert {page: found for page, found in tables.items() if found} == {}


@pytest.mark.parametrize("page", ["index.html", "reference/constructs.html"])
def test_search_finds_pages_of_a_site_in_a_folder(site: Path, browser: Browser, page: str) -> None:
    browser.open((site / page).as_uri(), width=1200)
    found = browser.evaluate(_SEARCH)
    assert any(link.startswith((site / "events.html").as_uri()) for link in found)


@pytest.mark.parametrize("drawing", ["architecture.svg", "benchmarks-waiting.svg"])
def test_every_color_of_a_drawing_differs_in_dark_mode(site: Path, browser: Browser, drawing: str) -> None:
    colors = []
    for dark in (False, True):
        browser.open((site / drawing).as_uri(), width=1200, dark=dark)
        colors.append(browser.evaluate(_COLORS))
    assert len(colors[0]) > 20
    assert [light for light, dark in zip(*colors, strict=True) if light == dark] == []
