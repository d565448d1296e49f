"""The command `rules`: all rules as a list, or as the Markdown tables of docs/checks.md."""

from collections.abc import Callable, Mapping
from typing import Final

import click

from personalize_import_cli.exit_codes import NO_ERRORS
from personalize_import_cli.output import write_out
from personalize_import_handler.data_checks.rules import RULES, Rule, Scope

_TITLES: Final = {
    Scope.SCHEMA: "Schemas",
    Scope.FILES: "Files",
    Scope.HEADER: "The header",
    Scope.ROW: "Rows",
    Scope.VALUE: "Values",
    Scope.DATA: "All data together",
}
_CHECKED_BY: Final = {
    Scope.SCHEMA: "`check`, synth",
    Scope.FILES: "`check`, synth, preflight",
    Scope.HEADER: "`check`, synth, preflight",
    Scope.ROW: "`check`, synth, preflight",
    Scope.VALUE: "`check`, synth, preflight",
    Scope.DATA: "`check`, synth, preflight if it read all data",
}
_HEAD: Final = "| rule | severity | what is wrong | why | fix | checked by |\n| --- | --- | --- | --- | --- | --- |\n"


def rules_table() -> str:
    """Return the rules as Markdown, one table per scope."""
    return "\n".join(f"### {title}\n\n{_table(scope)}" for scope, title in _TITLES.items())


def rules_lines() -> str:
    """Return the rules, one per line."""
    widest = max(len(rule.id) for rule in RULES)
    return "".join(f"{rule.id:{widest}}  {rule.severity:7}  {rule.scope:6}  {rule.what}\n" for rule in RULES)


_FORMATS: Final[Mapping[str, Callable[[], str]]] = {"table": rules_lines, "markdown": rules_table}


@click.command(short_help="List the rules that data and schemas are checked for.")
@click.option("--format", "output_format", type=click.Choice(list(_FORMATS)), default="table", show_default=True)
def rules(*, output_format: str) -> int:
    """List the rules that data and schemas are checked for."""
    write_out(_FORMATS[output_format]())
    return NO_ERRORS


def _table(scope: Scope) -> str:
    return _HEAD + "".join(_row(rule) for rule in RULES if rule.scope is scope)


def _row(rule: Rule) -> str:
    why = f"{_cell(rule.why)} [Guide]({rule.page})"
    cells = [f"`{rule.id}`", rule.severity, _cell(rule.what), why, _cell(rule.fix), _CHECKED_BY[rule.scope]]
    return f"| {' | '.join(cells)} |\n"


def _cell(text: str) -> str:
    r"""Escape text so that Markdown shows it unchanged, `\"` included."""
    for letter in "\\|*_<[":
        text = text.replace(letter, f"\\{letter}")
    return text
