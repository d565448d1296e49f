"""Write the drawing of the packages in ARCHITECTURE.md, from the imports: `make docs-packages`.

A package stands above all packages that it imports.
"""

from pathlib import Path
from typing import Final

import grimp

_PAGE: Final = Path(__file__).parent.parent / "ARCHITECTURE.md"
_BEGIN: Final = "<!-- packages -->\n"
_END: Final = "<!-- end of packages -->"
_TREES: Final = ("personalize_import_cli", "personalize_local", "personalize_import", "personalize_import_handler")


def drawing() -> str:
    """Return the drawing of all trees as a block of text."""
    graph = grimp.build_graph(*_TREES, cache_dir=None)
    return "```text\n" + "\n\n".join(_drawing_of(graph, tree) for tree in _TREES) + "\n```\n"


def _drawing_of(graph: grimp.ImportGraph, tree: str) -> str:
    imports = _imports_of_packages(graph, tree)
    width = max(map(len, imports))
    rows = [f"  {name:{width}}  {', '.join(sorted(imports[name]))}".rstrip() for name in _top_down(imports)]
    others = [other for other in _TREES if other != tree and _imports_tree(graph, tree, other)]
    title = f"{tree}, which imports {', '.join(others)}" if others else tree
    return "\n".join([title, *rows])


def _imports_of_packages(graph: grimp.ImportGraph, tree: str) -> dict[str, set[str]]:
    """Return the direct children of a tree that take part in imports, each with those that it imports."""
    imports: dict[str, set[str]] = {child.removeprefix(f"{tree}."): set() for child in graph.find_children(tree)}
    for name, imported in imports.items():
        child = f"{tree}.{name}"
        for module in {child, *graph.find_descendants(child)}:
            for target in graph.find_modules_directly_imported_by(module):
                other = target.removeprefix(f"{tree}.").partition(".")[0] if target.startswith(f"{tree}.") else name
                imported.add(other)
        imported.discard(name)
    return imports


def _top_down(imports: dict[str, set[str]]) -> list[str]:
    """Sort by level, the highest first; a package's level is one above the highest that it imports."""
    levels: dict[str, int] = {}

    def level(name: str) -> int:
        if name not in levels:
            levels[name] = 1 + max(map(level, imports[name]), default=0)
        return levels[name]

    return sorted(imports, key=lambda name: (-level(name), name))


def _imports_tree(graph: grimp.ImportGraph, tree: str, other: str) -> bool:
    return graph.direct_import_exists(importer=tree, imported=other, as_packages=True)


def page(text: str) -> str:
    """Return the page with the present drawing."""
    before, _, rest = text.partition(_BEGIN)
    return f"{before}{_BEGIN}{drawing()}{_END}{rest.partition(_END)[2]}"


if __name__ == "__main__":
    _PAGE.write_text(page(_PAGE.read_text()))
