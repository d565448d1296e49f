"""AWS JSON 1.1: parameters from request bodies; responses from results and errors.

https://docs.aws.amazon.com/personalize/latest/dg/CommonErrors.html and botocore's protocol `json`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any, Final

from personalize_local.personalize import messages
from personalize_local.personalize.errors import ServiceError
from personalize_local.personalize.untrusted_json import parse_json

CONTENT_TYPE: Final = "application/x-amz-json-1.1"
_OK: Final = 200


@dataclass(frozen=True)
class Response:
    """An HTTP response; status 0 drops the connection without one."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def drops_connection(self) -> bool:
        """True if the connection is closed without a response."""
        return self.status == 0


DROPPED: Final = Response(0, {}, b"")


def parse_parameters(body: bytes) -> dict[str, Any]:
    """Return the parameters in a request's body, without nulls."""
    try:
        parameters = parse_json(body or b"{}")
    except ValueError as error:
        raise ServiceError("SerializationException", messages.not_json(str(error))) from error
    if not isinstance(parameters, dict):
        raise ServiceError("SerializationException", messages.NOT_A_JSON_OBJECT)
    return _without_nulls(parameters)


def _without_nulls(members: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members that have a value: a null is the same as no member."""
    return {
        name: _without_nulls(value) if isinstance(value, dict) else value
        for name, value in members.items()
        if value is not None
    }


def success(result: Mapping[str, object] | None, now: float) -> Response:
    """Return the response to a successful call; deletes have no result and an empty body."""
    body = b"" if result is None else json.dumps(result, separators=(",", ":")).encode()
    return Response(_OK, _headers(now), body)


def failure(error: ServiceError, now: float) -> Response:
    """Return the response to a refused call."""
    body = json.dumps({"__type": error.code, "message": error.message}).encode()
    return Response(error.status, _headers(now), body)


def timestamp(seconds: float) -> float:
    """Round to milliseconds, as the service's timestamps are."""
    return round(seconds, 3)


def _headers(now: float) -> dict[str, str]:
    # Clients read the simulated time from this header.
    return {"content-type": CONTENT_TYPE, "date": formatdate(now, usegmt=True)}
