"""The failure reasons of import jobs.

As in `messages`, those marked "Known" are the text of the real service. None contains a value of the data, because
failure reasons are logged.
"""

from collections.abc import Iterable

_GUIDE = "https://docs.aws.amazon.com/personalize/latest/dg"


def too_long(column: str, limit: int) -> str:
    """Known, error-messages.html."""
    return (
        f"Length cannot be more than {limit} characters for {column}. If no values exceed the character limit, make "
        f"sure your data follows the formatting guidelines listed in {_GUIDE}/data-prep-formatting.html."
    )


def at_line(reason: str, location: str, line: int) -> str:
    """Append the place of the first row with a problem; the known reasons have none."""
    return f"{reason} First seen in {location}, line {line}."


def value_missing(column: str) -> str:
    return f"The column {column} is empty, but its type in the schema doesn't include null."


def wrong_type(column: str, type_name: str) -> str:
    return f"A value in column {column} is not of type {type_name}."


def value_not_allowed(column: str, allowed: Iterable[str]) -> str:
    return f"A value in column {column} is not one of [{', '.join(allowed)}]."


def wrong_field_count(found: int, expected: int) -> str:
    return f"The row has {found} fields, but the header has {expected}: check commas and quotes in its text."


def line_break_in_value(column: str) -> str:
    return f"The value of column {column} continues on the next line: values can't contain line breaks."


def malformed_row(problem: str) -> str:
    return (
        f"The row is not well-formed CSV ({problem}): text with commas goes in double quotes, and a backslash before "
        "each double quote and backslash in it."
    )


NOT_UTF8 = "The row is not UTF-8."


def headers_differ(location: str, first_location: str) -> str:
    return f"The header of {location} is not the same as that of {first_location}."


def too_few_interactions(found: int, minimum: int) -> str:
    return f"An import of interactions needs at least {minimum} records; there are {found}."


def internal_failure(problem: str) -> str:
    return f"The import ended with an internal failure: {problem}"
