"""JSON from clients: bounded depth and finite numbers only."""

import json
import math
from typing import Any, Final

_DEPTH_MAX: Final = 100


def parse_json(text: str | bytes) -> Any:  # noqa: ANN401 - any JSON value
    """Return the value; raise ValueError for invalid JSON, more than 100 levels of nesting, or non-finite numbers."""
    try:
        value = json.loads(text, parse_constant=_finite, parse_float=_finite)
    except RecursionError as error:
        raise ValueError(_too_deep()) from error
    level, depth = [value], 0
    while level := [inner for outer in level for inner in _parts(outer)]:
        depth += 1
        if depth > _DEPTH_MAX:
            raise ValueError(_too_deep())
    return value


def _parts(value: object) -> list[object]:
    return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is not a finite number")
    return number


def _too_deep() -> str:
    return f"values are nested more than {_DEPTH_MAX} levels deep"
