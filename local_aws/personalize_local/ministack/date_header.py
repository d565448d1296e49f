"""The `Date` header of responses."""

from collections.abc import MutableMapping
from email.utils import formatdate
from time import time
from typing import Any, Final

from personalize_local.ministack.application import Asgi, AsgiScope, Receive, Send
from personalize_local.personalize.clock import Clock

_DATE: Final = b"date"
_KEEPS_ITS_CLOCK: Final = b"botocore"
"""In the user agent of boto3."""


def dated(clock: Clock, application: Asgi) -> Asgi:
    """Return an application that dates its responses: by the simulated clock for boto3, by the real clock for others.

    Other SDKs correct their clock by this header. They would sign with the simulated time, and the SDK for JavaScript
    repeats every failed call whose `Date` differs from its own clock by more than four minutes. boto3 never corrects
    its clock. See docs/decisions/0023-one-clock.md.
    """

    async def date(scope: AsgiScope, receive: Receive, send: Send) -> None:
        agent = b"".join(value for name, value in scope.get("headers", []) if name.lower() == b"user-agent")
        is_boto3 = _KEEPS_ITS_CLOCK in agent.lower()

        async def send_with_date(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                now = formatdate(clock.now() if is_boto3 else time(), usegmt=True)
                headers = [(name, value) for name, value in message.get("headers", []) if name.lower() != _DATE]
                message = {**message, "headers": [*headers, (_DATE, now.encode())]}
            await send(message)

        await application(scope, receive, send_with_date)

    return date
