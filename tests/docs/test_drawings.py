"""The drawings have their colors also in viewers that apply no styles, and dark colors where styles are applied."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import pytest

from tests.docs.support.site import ROOT

_SVG: Final = "{http://www.w3.org/2000/svg}"
_DRAWN: Final = {f"{_SVG}{name}" for name in ("rect", "path", "circle", "line", "text")}
_DARK_MODE: Final = re.compile(r"\s*@media \(prefers-color-scheme: dark\) \{(?:\s*\.[\w-]+ \{[^{}]*\})+\s*\}\s*")
DRAWINGS: Final = sorted((ROOT / "docs").glob("*.svg"))

each_drawing = pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda path: path.name)


def drawn_elements(element: ET.Element, inherited: dict[str, str]) -> Iterator[tuple[ET.Element, dict[str, str]]]:
    """Yield each drawn element with its attributes, including those that it inherits."""
    attributes = {**inherited, **element.attrib}
    if element.tag in _DRAWN:
        yield element, attributes
    for child in element:
        yield from drawn_elements(child, attributes)


@each_drawing
def test_every_element_has_a_plain_color_as_an_attribute(drawing: Path) -> None:
    elements = list(drawn_elements(ET.parse(drawing).getroot(), {}))
    assert elements
    for element, attributes in elements:
        colors = [attributes[name] for name in ("fill", "stroke") if attributes.get(name, "none") != "none"]
        assert colors, ET.tostring(element)
        assert all(re.fullmatch("#[0-9a-f]{6}", color) for color in colors), ET.tostring(element)


@each_drawing
def test_styles_are_for_dark_mode_only_and_cover_every_class(drawing: Path) -> None:
    root = ET.parse(drawing).getroot()
    (style,) = root.iter(f"{_SVG}style")
    assert _DARK_MODE.fullmatch(style.text or "")
    styled = set(re.findall(r"\.([\w-]+) \{", style.text or ""))
    used = {name for element in root.iter() for name in element.get("class", "").split()}
    assert used == styled


def test_the_architecture_has_a_legend_with_each_kind_of_line_and_box() -> None:
    root = ET.parse(ROOT / "docs" / "architecture.svg").getroot()
    (legend,) = (group for group in root.iter(f"{_SVG}g") if group.get("id") == "legend")
    kinds = {element.get("class") for element in legend.iter()}
    assert {"step-line", "imports", "box", "shared"} <= kinds
    assert len(list(legend.iter(f"{_SVG}text"))) == 4
