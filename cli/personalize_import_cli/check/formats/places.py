"""Places and values, shortened and escaped for a terminal."""

from typing import Final

from personalize_import_cli.errors import shortened
from personalize_import_handler.data_checks.findings import Finding

_NAME_LENGTH_MAX: Final = 60
_VALUE_LENGTH_MAX: Final = 40
_DETAIL_LENGTH_MAX: Final = 200
PLACES_MAX: Final = 20
"""The places that are shown per rule; the JSON format has all."""


def shown_name(name: str | None) -> str:
    """Return the name of a file or column."""
    return "" if name is None else shortened(name, _NAME_LENGTH_MAX) or "(without a name)"


def shown_value(finding: Finding) -> str:
    """Return the value of a finding, in quotes."""
    return "" if finding.value is None else f"'{shortened(finding.value, _VALUE_LENGTH_MAX)}'"


def shown_detail(finding: Finding) -> str:
    """Return the detail of a finding."""
    return shortened(finding.detail, _DETAIL_LENGTH_MAX)


def not_shown(findings: list[Finding]) -> str:
    """Return a note about places that are left out; empty if none is."""
    left_out = len(findings) - PLACES_MAX
    return f"and {left_out:,} more places; --format json has all" if left_out > 0 else ""
