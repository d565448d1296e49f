"""Messages of findings about data, as synth shows them."""

from dataclasses import replace

from personalize_import_handler.contract.constraints import shown
from personalize_import_handler.data_checks.findings import Finding


def message_of(finding: Finding) -> str:
    """Return a finding with its rule, its first location, its count, a value, and the fix."""
    # Column names are untrusted text; identifiers need no quotes.
    column = finding.column if (finding.column or "").isidentifier() else finding.column and shown(finding.column)
    value = f": {shown(finding.value)}" if finding.value else ""
    return f"{finding.rule.id}: {replace(finding, column=column).message}{value}. {finding.rule.fix}"
