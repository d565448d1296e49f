"""The result of a check, in no particular format."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from personalize_import_cli.check.schema_file import CheckedSchema
from personalize_import_cli.check.sources import location_of
from personalize_import_handler.contract import ImportMode
from personalize_import_handler.data_checks.files import Data
from personalize_import_handler.data_checks.findings import Finding
from personalize_import_handler.data_checks.rules import Rule, Scope, Severity

TOOL: Final = "personalize-import"
PACKAGE: Final = "cdk-personalize-import"


@cache
def tool_version() -> str:
    """Return the version of this package."""
    from importlib.metadata import version  # takes a while to load, and only some formats contain it

    return version(PACKAGE)


@dataclass(frozen=True, kw_only=True)
class Report:
    """The findings of a check, and the data and schema that it checked."""

    location: str
    schema: CheckedSchema
    import_mode: ImportMode
    findings: tuple[Finding, ...]
    strict: bool = False
    """True if warnings count as errors."""
    data: Data | None = None
    """The data that was checked; None if the schema has to be fixed first."""
    size: int = 0
    """The number of bytes read."""
    rows: int = 0

    @property
    def errors(self) -> int:
        """The number of errors."""
        return _number(self.findings, Severity.ERROR)

    @property
    def warnings(self) -> int:
        """The number of warnings."""
        return _number(self.findings, Severity.WARNING)

    @property
    def fails(self) -> bool:
        """True if the check fails."""
        return any(self.is_failure(finding.rule) for finding in self.findings)

    def is_failure(self, rule: Rule) -> bool:
        """Return whether a finding of a rule fails the check."""
        return rule.severity is Severity.ERROR or self.strict

    def is_checked(self, rule: Rule) -> bool:
        """Return whether a rule was checked."""
        return rule.scope is Scope.SCHEMA or self.data is not None

    def location_of(self, finding: Finding) -> str:
        """Return the path or S3 location of the file of a finding."""
        if self.data and finding.rule.scope is not Scope.SCHEMA:
            return location_of(self.data, finding.file)
        return finding.file or self.location

    def by_rule(self) -> dict[Rule, list[Finding]]:
        """Return the findings of each rule: errors first, otherwise in the order of the findings."""
        found: dict[Rule, list[Finding]] = {}
        for finding in self.findings:
            found.setdefault(finding.rule, []).append(finding)
        return dict(sorted(found.items(), key=lambda item: item[0].severity is not Severity.ERROR))

    @property
    def summary(self) -> str:
        """One line with the amount of data and the numbers of errors and warnings."""
        found = f"{_count(self.errors, 'error')}, {_count(self.warnings, 'warning')}"
        if self.data is None:
            return f"Data not checked: fix the schema first ({found})"
        files = _count(len(self.data.files), "file")
        return f"{files}, {_size(self.size)}, {_count(self.rows, 'row')}: {found}"


def _number(findings: Iterable[Finding], severity: Severity) -> int:
    return sum(finding.rule.severity is severity for finding in findings)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _size(size: float) -> str:
    if size < 1000:
        return f"{size:.0f} bytes"
    for unit in ("kB", "MB"):
        size /= 1000
        if size < 1000:
            return f"{size:.1f} {unit}"
    return f"{size / 1000:.1f} GB"
