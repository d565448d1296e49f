"""JSON from clients: bounded depth and finite numbers only."""

import json
import math
import re
from typing import Any, Final

_DEPTH_MAX: Final = 100
_OPENING: Final = b"[{"
_TOKEN: Final = re.compile(rb'\\.|["\[\]{}]', re.DOTALL)


def parse_json(text: str | bytes) -> Any:  # noqa: ANN401 - any JSON value
    """Return the value; raise ValueError for invalid JSON, more than 100 levels of nesting, or non-finite numbers."""
    require_shallow(text if isinstance(text, bytes) else text.encode(errors="surrogatepass"))
    return json.loads(text, parse_constant=_finite, parse_float=_finite)


def require_shallow(text: bytes) -> None:
    """Raise ValueError if values are nested more than 100 levels deep.

    Python's JSON parser, and functions that walk through its result, raise RecursionError for deep values.
    """
    if sum(text.count(bracket) for bracket in _OPENING) <= _DEPTH_MAX:
        return
    depth, in_string = 0, False
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token == b'"':
            in_string = not in_string
        elif not in_string:
            depth += (token in (b"[", b"{")) - (token in (b"]", b"}"))
            if depth > _DEPTH_MAX:
                raise ValueError(f"values are nested more than {_DEPTH_MAX} levels deep")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is not a finite number")
    return number
