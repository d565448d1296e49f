"""Replacement of intrinsic functions in resolved values, by text that can be read or measured."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


def _identity(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    return value


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


@dataclass(frozen=True)
class Intrinsics:
    """The replacements of intrinsic functions. `Fn::Join` is always evaluated."""

    ref: Callable[[str], str]
    """Replaces a `Ref` by the logical id or the pseudo parameter."""
    get_att: Callable[[str, str], str]
    """Replaces an `Fn::GetAtt` by the logical id and the attribute."""
    function: Callable[[dict[str, Any]], Any] | None = None
    """Replaces any other function. Default: keeps it, with its arguments flattened."""
    text: Callable[[str], str] = _identity
    """Replaces a string. Default: keeps it."""

    def flatten(self, value: Any) -> Any:  # noqa: ANN401 - any JSON value
        """Return a resolved value with its functions replaced."""
        match value:
            case str():
                return self.text(value)
            case {"Fn::Join": [str(separator), list(parts)]}:
                return separator.join(_text(self.flatten(part)) for part in parts)
            case {"Ref": str(name)}:
                return self.ref(name)
            case {"Fn::GetAtt": [str(name), str(attribute)]}:
                return self.get_att(name, attribute)
            case dict() if self.function and len(value) == 1 and next(iter(value)).startswith("Fn::"):
                return self.function(value)
            case dict():
                return {key: self.flatten(each) for key, each in value.items()}
            case list():
                return [self.flatten(each) for each in value]
        return value
