"""Conditions on values as SQL for DuckDB."""

from functools import singledispatch

from personalize_import_handler.data_checks.conditions import (
    INTEGER,
    Condition,
    IsBetween,
    IsEmpty,
    IsLonger,
    IsNoneOf,
    IsOneOf,
    NotInteger,
    NotMatching,
)


def text(value: str) -> str:
    """Return a string literal."""
    return "'" + value.replace("'", "''") + "'"


@singledispatch
def sql_of(condition: Condition, value: str) -> str:
    """Return an expression that is true if a condition holds for `value`, another expression."""
    raise TypeError(f"{condition!r} is not a condition on {value}")


@sql_of.register
def _(_: IsEmpty, value: str) -> str:
    return f"{value} = ''"


@sql_of.register
def _(condition: IsLonger, value: str) -> str:
    return f"length({value}) > {condition.than}"


@sql_of.register
def _(condition: NotMatching, value: str) -> str:
    return f"({value} <> '' AND NOT regexp_full_match({value}, {text(condition.pattern)}))"


@sql_of.register
def _(condition: NotInteger, value: str) -> str:
    in_range = _is_between(value, condition.low, condition.high)
    return f"({value} <> '' AND NOT {in_range})"


@sql_of.register
def _(condition: IsBetween, value: str) -> str:
    return _is_between(value, condition.low, condition.high)


@sql_of.register
def _(condition: IsOneOf, value: str) -> str:
    return f"{value} IN ({_texts(condition.values)})"


@sql_of.register
def _(condition: IsNoneOf, value: str) -> str:
    return f"({value} <> '' AND {value} NOT IN ({_texts(condition.values)}))"


def _is_between(value: str, low: int, high: int) -> str:
    # Only what is an integer by its form is cast: DuckDB would take 1.5, 1e3 and " 1" too.
    integer = f"CASE WHEN regexp_full_match({value}, {text(INTEGER)}) THEN TRY_CAST({value} AS HUGEINT) END"
    return f"coalesce({integer} BETWEEN {low} AND {high}, false)"


def _texts(values: frozenset[str]) -> str:
    return ", ".join(text(value) for value in sorted(values))
