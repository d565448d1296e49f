"""The report in SARIF 2.1.0, for code scanning services, without values from the data.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import json
import os
from pathlib import PurePath
from typing import Final
from urllib.parse import quote

from personalize_import_cli.check.report import TOOL, Report, tool_version
from personalize_import_handler.contract.locations import S3_SCHEME
from personalize_import_handler.data_checks.findings import Finding
from personalize_import_handler.data_checks.rules import RULES, Rule

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_NUMBERS: Final = {rule: number for number, rule in enumerate(RULES)}


def sarif(report: Report) -> str:
    """Return the log of one run, with all rules."""
    driver = {"name": TOOL, "version": tool_version(), "rules": [_descriptor(rule) for rule in RULES]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(report, finding) for finding in report.findings],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _descriptor(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.what},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.fix},
        "helpUri": rule.page,
        "defaultConfiguration": {"level": rule.severity},
    }


def _result(report: Report, finding: Finding) -> dict[str, object]:
    place: dict[str, object] = {"artifactLocation": {"uri": _uri(report.location_of(finding))}}
    if finding.line:
        place["region"] = {"startLine": finding.line}
    location: dict[str, object] = {"physicalLocation": place}
    if finding.column:
        location["logicalLocations"] = [{"name": finding.column, "kind": "member"}]
    return {
        "ruleId": finding.rule.id,
        "ruleIndex": _NUMBERS[finding.rule],
        "level": finding.rule.severity,
        "message": {"text": f"{finding.message}. {finding.rule.fix}"},
        "locations": [location],
        "occurrenceCount": finding.count,
    }


def _uri(location: str) -> str:
    """Return the URI of a location; a relative path stays relative to the repository."""
    if location.startswith(S3_SCHEME):
        return S3_SCHEME + quote(location.removeprefix(S3_SCHEME))
    path = PurePath(location)
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))
