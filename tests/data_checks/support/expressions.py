"""The regular expressions of the project, found in its source: where each of them is written."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[3]
SOURCE_ROOTS: Final = ("cli", "constructs", "lambda_handler", "local_aws")
_SQL: Final = ("regexp_", "SIMILAR TO", "GLOB")
_METHODS: Final = ("fullmatch", "match", "search", "split", "findall", "finditer", "sub", "subn")


def expressions() -> set[str]:
    """Return a key for each place with a regular expression: `package.module:name`, of a constant or a function."""
    return {
        f"{'.'.join(path.relative_to(ROOT / root).with_suffix('').parts).removesuffix('.__init__')}:{name}"
        for root in SOURCE_ROOTS
        for path in sorted((ROOT / root).rglob("*.py"))
        for name in _names(ast.parse(path.read_text()), ())
    }


def _names(node: ast.AST, scope: tuple[str, ...]) -> Iterator[str]:
    """Yield the names of the constants and functions with a regular expression in them."""
    if _is_expression(node):
        yield ".".join(scope)
    for child in ast.iter_child_nodes(node):
        yield from _names(child, (*scope, *_named(child, scope)))


def _named(node: ast.AST, scope: tuple[str, ...]) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif not scope and isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id
    elif not scope and isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        yield node.targets[0].id


def _is_expression(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="re"))) | ast.Call(func=ast.Name(id="TextRule")):
            return True
        case ast.ImportFrom(module="re") | ast.Import(names=[ast.alias(name="re", asname=str())]):
            return True  # so that each is written as `re.…`
        case ast.Constant(value=str() as text):
            return any(word in text for word in _SQL)
    return False


def methods_of(key: str, source: str) -> set[str]:
    """Return the methods by which a module calls an expression: `fullmatch`, `search`; if unknown, those of all."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute) and node.attr in _METHODS]
    name = key.partition(":")[2]
    own = {node.attr for node in calls if isinstance(node.value, ast.Name) and node.value.id == name}
    return own or {node.attr for node in calls}
