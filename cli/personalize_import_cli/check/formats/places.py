"""Places and values as people read them: short, and harmless to a terminal."""

from typing import Final

from personalize_import_cli.errors import shortened
from personalize_import_handler.data_checks.findings import Finding

_NAME_LENGTH_MAX: Final = 60
_VALUE_LENGTH_MAX: Final = 40
_DETAIL_LENGTH_MAX: Final = 200
PLACES_MAX: Final = 20
"""So many places are shown of a rule; the JSON format has all of them."""


def shown_name(name: str | None) -> str:
    """Show the name of a file or column."""
    return "" if name is None else shortened(name, _NAME_LENGTH_MAX) or "(without a name)"


def shown_value(finding: Finding) -> str:
    """Show the value that was found, in quotes."""
    return "" if finding.value is None else f"'{shortened(finding.value, _VALUE_LENGTH_MAX)}'"


def shown_detail(finding: Finding) -> str:
    """Show what is to be known beside the rule's own words."""
    return shortened(finding.detail, _DETAIL_LENGTH_MAX)


def not_shown(findings: list[Finding]) -> str:
    """Say how many places are left out, if any are."""
    left_out = len(findings) - PLACES_MAX
    return f"and {left_out:,} more places; --format json has all" if left_out > 0 else ""
