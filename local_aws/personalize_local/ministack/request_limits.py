"""Limits of requests, which ministack doesn't have: a body that is too large or too deep is refused before it is used.

Only S3 accepts large bodies. For other services this project assumes one limit, above the largest documented one:
Lambda refuses code of more than about 70 MB in a request.
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

import json
import math
from dataclasses import dataclass
from typing import Final

from personalize_local.authentication.received_request import ReceivedRequest
from personalize_local.ministack.application import Receive
from personalize_local.personalize.untrusted_json import require_shallow

BODY_BYTES_MAX: Final = 100_000_000
_TOO_LARGE: Final = 413
_BAD_REQUEST: Final = 400


@dataclass(frozen=True)
class RequestLimitError(Exception):
    """A refused request."""

    status: int
    code: str
    message: str

    @property
    def body(self) -> bytes:
        """The body of the response, in the format of services with a JSON protocol."""
        return json.dumps({"__type": self.code, "message": self.message}).encode()


async def read_limited_body(request: ReceivedRequest, receive: Receive, limit: float = BODY_BYTES_MAX) -> bytes | None:
    """Return a request's body, None if the client disconnects; raise RequestLimitError if it is too large.

    A body that is too large is read to its end and discarded, because clients send it before they read the response.
    """
    size, parts, more = 0, list[bytes](), True
    length = request.header("content-length")
    declared = int(length) if length.isdecimal() else 0
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return None
        part, more = message.get("body", b""), message.get("more_body", False)
        size += len(part)
        if max(size, declared) <= limit:
            parts.append(part)
        else:
            parts.clear()
    if size > limit:
        text = f"The request has {size} bytes; the largest allowed size is {limit} bytes."
        raise RequestLimitError(_TOO_LARGE, "RequestEntityTooLargeException", text)
    return b"".join(parts)


def body_limit(request: ReceivedRequest, service: str) -> float:
    """Return the largest size of a request's body in bytes; infinite for S3."""
    return math.inf if service == "s3" and not request.header("x-amz-target") else BODY_BYTES_MAX


def require_shallow_body(request: ReceivedRequest, body: bytes) -> None:
    """Raise RequestLimitError if the body is JSON that is nested too deeply."""
    if "json" not in request.header("content-type"):
        return
    try:
        require_shallow(body)
    except ValueError as error:
        raise RequestLimitError(_BAD_REQUEST, "SerializationException", f"The request is invalid: {error}.") from error
