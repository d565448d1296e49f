"""The report as one JSON object; docs/checks.md describes it. `version` increases when it changes."""

import json
from typing import Final

from personalize_import_cli.check.report import TOOL, Report, tool_version
from personalize_import_handler.data_checks.findings import Finding

FORMAT_VERSION: Final = 1


def json_report(report: Report) -> str:
    """Return the object, in ASCII."""
    data, schema = report.data, report.schema.schema
    document = {
        "version": FORMAT_VERSION,
        "tool": {"name": TOOL, "version": tool_version()},
        "data": {
            "location": report.location,
            "checked": data is not None,
            "files": len(data.files) if data else None,
            "bytes": report.size if data else None,
            "rows": report.rows if data else None,
        },
        "schema": {
            "path": report.schema.path,
            "domain": report.schema.domain,
            "dataset_type": schema.dataset_type.name if schema and schema.dataset_type else None,
        },
        "import_mode": report.import_mode,
        "errors": report.errors,
        "warnings": report.warnings,
        "failed": report.fails,
        "findings": [_finding(report, finding) for finding in report.findings],
    }
    return json.dumps(document, indent=2) + "\n"


def _finding(report: Report, finding: Finding) -> dict[str, object]:
    rule = finding.rule
    return {
        "rule": rule.id,
        "severity": rule.severity,
        "scope": rule.scope,
        "file": finding.file,
        "location": report.location_of(finding),
        "line": finding.line,
        "column": finding.column,
        "value": finding.value,
        "detail": finding.detail,
        "count": finding.count,
        "what": rule.what,
        "why": rule.why,
        "fix": rule.fix,
        "page": rule.page,
    }
