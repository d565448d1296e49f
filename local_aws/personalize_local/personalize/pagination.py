"""Pages of the List operations: newest first, with tokens that stay valid while resources are created and deleted.

The real service's order and default page size are not documented; its users rely on newest first.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from personalize_local.personalize import messages
from personalize_local.personalize.errors import ServiceError
from personalize_local.personalize.untrusted_json import parse_json

_Item = TypeVar("_Item")
Position = tuple[float, str]
"""The position of a resource in a list: its creation time and ARN."""


def page(
    items: Iterable[_Item],
    position: Callable[[_Item], Position],
    parameters: Mapping[str, object],
    default_size: int,
) -> tuple[list[_Item], dict[str, str]]:
    """Return one page of `items`, and its `nextToken` if more follow."""
    size = parameters.get("maxResults")
    count = size if isinstance(size, int) else default_size
    ordered = sorted(items, key=position, reverse=True)
    token = parameters.get("nextToken")
    if token is not None:
        last = _position_in(str(token))
        ordered = [item for item in ordered if position(item) < last]
    chosen = ordered[:count]
    more = {"nextToken": _token(position(chosen[-1]))} if len(ordered) > count else {}
    return chosen, more


def _token(position: Position) -> str:
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode()


def _position_in(token: str) -> Position:
    try:
        created_at, arn = parse_json(base64.urlsafe_b64decode(token.encode()))
        return float(created_at), str(arn)
    except (binascii.Error, ValueError, TypeError) as error:
        raise ServiceError("InvalidNextTokenException", messages.INVALID_NEXT_TOKEN) from error
