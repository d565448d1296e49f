"""The report as plain lines: `file:line: severity: what, where, how often [rule]`, then the fix."""

from personalize_import_cli.check.formats.places import PLACES_MAX, not_shown, shown_detail, shown_name, shown_value
from personalize_import_cli.check.report import Report
from personalize_import_cli.errors import shortened
from personalize_import_handler.data_checks.findings import Finding


def plain(report: Report) -> str:
    """Return the lines."""
    lines = []
    for rule, findings in report.by_rule().items():
        lines += [_line(report, finding) for finding in findings[:PLACES_MAX]]
        if more := not_shown(findings):
            lines.append(f"    {more}")
        lines += [f"    {rule.fix}", f"    {rule.page}"]
    return "".join(f"{line}\n" for line in [*lines, report.summary])


def _line(report: Report, finding: Finding) -> str:
    place = shortened(report.location_of(finding), 300) + (f":{finding.line}" if finding.line else "")
    parts = [
        finding.rule.what + (f" ({shown_detail(finding)})" if finding.detail else ""),
        "" if finding.column is None else f"column {shown_name(finding.column)}",
        shown_value(finding),
        f"{finding.count:,} times" if finding.count > 1 else "",
    ]
    return f"{place}: {finding.rule.severity}: {', '.join(part for part in parts if part)} [{finding.rule.id}]"
