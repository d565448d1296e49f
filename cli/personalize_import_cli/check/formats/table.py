"""The report on a terminal: a table per rule with findings, and below it the fix."""

from collections.abc import Callable, Sequence
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from personalize_import_cli.check.formats.places import PLACES_MAX, not_shown, shown_detail, shown_name, shown_value
from personalize_import_cli.check.report import Report
from personalize_import_handler.data_checks.findings import Finding
from personalize_import_handler.data_checks.rules import Rule, Severity

_STYLES: Final = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow"}
_COLUMNS: Final[Sequence[tuple[str, Callable[[Finding], str]]]] = (
    ("file", lambda finding: shown_name(finding.file)),
    ("line", lambda finding: str(finding.line or "")),
    ("column", lambda finding: shown_name(finding.column)),
    ("value", shown_value),
    ("count", lambda finding: f"{finding.count:,}"),
    ("", shown_detail),
)
_NUMBERS: Final = ("line", "count")


def table(report: Report, console: Console) -> str:
    """Return the text for a console, in its width and colours."""
    with console.capture() as capture:
        for rule, findings in report.by_rule().items():
            console.print(
                Text.assemble((rule.severity, _STYLES[rule.severity]), " ", (rule.id, "bold"), " ", rule.what)
            )
            console.print(_places(findings))
            _print_advice(console, rule, not_shown(findings))
        style = "bold red" if report.errors else "bold yellow" if report.warnings else "bold green"
        console.print(Text(report.summary, style=style))
    return capture.get()


def _places(findings: Sequence[Finding]) -> Table:
    drawn = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    filled = [(title, show) for title, show in _COLUMNS if any(show(finding) for finding in findings)]
    for title, _ in filled:
        drawn.add_column(title, justify="right" if title in _NUMBERS else "left", overflow="fold")
    for finding in findings[:PLACES_MAX]:
        drawn.add_row(*(Text(show(finding)) for _, show in filled))
    return drawn


def _print_advice(console: Console, rule: Rule, more: str) -> None:
    if more:
        console.print(Text(more, style="dim"))
    console.print(Text(f"-> {rule.fix}"))
    console.print(Text(f"   {rule.page}\n", style="dim"), soft_wrap=True)
