"""JSON that others have sent."""

import json
import math
from typing import Any, Final

_DEPTH_MAX: Final = 100


def read_json(text: str | bytes) -> Any:  # noqa: ANN401 - whatever it is
    """Return the value; raise ValueError for what is no JSON, is nested more than 100 levels deep, or is not finite."""
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
        raise ValueError(f"{text} is no number that can be kept")
    return number


def _too_deep() -> str:
    return f"values are nested more than {_DEPTH_MAX} levels deep"
