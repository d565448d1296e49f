"""The failure reasons of import jobs.

The texts are this project's own, except those in `texts` with another source. None contains a value of the data,
because failure reasons are logged. The place of an error is an addition of the local service.
"""

from personalize_import_handler.data_checks import rules
from personalize_import_handler.data_checks.column_checks import ID_LENGTH_MAX, VALUE_LENGTH_MAX
from personalize_import_handler.data_checks.findings import Finding
from personalize_import_handler.data_checks.rules import Scope
from personalize_import_handler.data_checks.schema import Schema
from personalize_local.personalize import messages
from personalize_local.personalize.texts import text


def too_long(column: str, limit: int) -> str:
    return text("too_long", column=column, limit=limit)


def failure_reason_of(finding: Finding, schema: Schema) -> str:
    """Return the failure reason for an error in the data, with its place."""
    reason = reason_without_place(finding, schema)
    if finding.file is None or finding.line is None or finding.rule.scope is Scope.HEADER:
        return reason
    return f"{reason} First seen in {finding.file}, line {finding.line}."


def reason_without_place(finding: Finding, schema: Schema) -> str:
    """Return the failure reason for an error in the data."""
    column = finding.column or ""
    match finding.rule:
        case rules.ID_TOO_LONG:
            return too_long(column, ID_LENGTH_MAX)
        case rules.VALUE_TOO_LONG:
            return too_long(column, VALUE_LENGTH_MAX)
        case rules.COLUMN_MISSING | rules.NOT_A_HEADER | rules.EMPTY_FILE | rules.BYTE_ORDER_MARK:
            # The file has changed since its header was checked.
            return messages.missing_columns([column] if column else [field.name for field in schema.fields])
        case rules.HEADERS_DIFFER:
            return text("headers_differ", file=finding.file, detail=finding.detail)
        case rules.ID_MISSING | rules.VALUE_MISSING:
            return f"The column {column} is empty, but its type in the schema doesn't include null."
        case rules.WRONG_TYPE:
            (type_name,) = [field.type_name for field in schema.fields if field.name == column]
            return text("wrong_type", column=column, type_name=type_name)
    detail = f" ({finding.detail})" if finding.detail else ""
    place = f" in column {column}" if column else ""
    what, fix = finding.rule.what, finding.rule.fix
    return f"{what[0].upper()}{what[1:]}{place}{detail}: {fix[0].lower()}{fix[1:]}."


def too_few_interactions(found: int, minimum: int) -> str:
    return text("too_few_interactions", found=found, minimum=minimum)


def internal_failure(problem: str) -> str:
    return f"The import ended with an internal failure: {problem}"
