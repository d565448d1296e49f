"""AWS JSON 1.1: bytes in, parameters out; results or errors in, responses out.

https://docs.aws.amazon.com/personalize/latest/dg/CommonErrors.html and botocore's protocol `json`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any, Final

from personalize_local.personalize import messages
from personalize_local.personalize.errors import ServiceError
from personalize_local.personalize.foreign_json import read_json

CONTENT_TYPE: Final = "application/x-amz-json-1.1"
_OK: Final = 200


@dataclass(frozen=True)
class Response:
    """An HTTP response, or, with status 0, the order to drop the connection without one."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def drops_connection(self) -> bool:
        """Whether the connection is to be closed without an answer."""
        return self.status == 0


DROPPED: Final = Response(0, {}, b"")
"""What a caller gets whose connection is dropped."""


def parameters_of(body: bytes) -> dict[str, Any]:
    """Read the parameters out of a request's body."""
    try:
        parameters = read_json(body or b"{}")
    except ValueError as error:
        raise ServiceError("SerializationException", messages.not_json(str(error))) from error
    if not isinstance(parameters, dict):
        raise ServiceError("SerializationException", messages.NOT_A_JSON_OBJECT)
    return {name: value for name, value in parameters.items() if value is not None}


def success(result: Mapping[str, object] | None, now: float) -> Response:
    """Return the response to a call that succeeded; deletes have no result and an empty body."""
    body = b"" if result is None else json.dumps(result, separators=(",", ":")).encode()
    return Response(_OK, _headers(now), body)


def failure(error: ServiceError, now: float) -> Response:
    """Return the response to a call that was refused."""
    body = json.dumps({"__type": error.code, "message": error.message}).encode()
    return Response(error.status, _headers(now), body)


def timestamp(seconds: float) -> float:
    """Round to milliseconds, as the service's timestamps are."""
    return round(seconds, 3)


def _headers(now: float) -> dict[str, str]:
    # Clients take the service's time from this header.
    return {"content-type": CONTENT_TYPE, "date": formatdate(now, usegmt=True)}
