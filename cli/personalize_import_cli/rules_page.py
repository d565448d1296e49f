"""The table of all rules, of which docs/checks.md is made."""

from typing import Final

from personalize_import_handler.data_checks.rules import RULES, Rule, Scope

_TITLES: Final = {
    Scope.SCHEMA: "Schemas",
    Scope.FILES: "Files",
    Scope.HEADER: "The header",
    Scope.ROW: "Rows",
    Scope.VALUE: "Values",
    Scope.DATA: "All data together",
}
_SEEN: Final = {
    Scope.SCHEMA: "`check`, synth",
    Scope.FILES: "`check`, synth, preflight",
    Scope.HEADER: "`check`, synth, preflight",
    Scope.ROW: "`check`, synth, preflight",
    Scope.VALUE: "`check`, synth, preflight",
    Scope.DATA: "`check`, synth, preflight if it read all",
}
_HEAD: Final = (
    "| rule | severity | what is wrong | why | what to do | seen by |\n| --- | --- | --- | --- | --- | --- |\n"
)


def rules_table() -> str:
    """Describe the rules in Markdown, a table for each scope."""
    return "\n".join(f"### {title}\n\n{_table(scope)}" for scope, title in _TITLES.items())


def rules_lines() -> str:
    """List the rules, each on a line."""
    widest = max(len(rule.id) for rule in RULES)
    return "".join(f"{rule.id:{widest}}  {rule.severity:7}  {rule.scope:6}  {rule.what}\n" for rule in RULES)


def _table(scope: Scope) -> str:
    return _HEAD + "".join(_row(rule) for rule in RULES if rule.scope is scope)


def _row(rule: Rule) -> str:
    why = f"{_cell(rule.why)} [Guide]({rule.page})"
    cells = [f"`{rule.id}`", rule.severity, _cell(rule.what), why, _cell(rule.fix), _SEEN[rule.scope]]
    return f"| {' | '.join(cells)} |\n"


def _cell(text: str) -> str:
    r"""Write text so that Markdown shows it as it is, `\"` included."""
    for letter in "\\|*_<[":
        text = text.replace(letter, f"\\{letter}")
    return text
