"""The ASGI application: ministack's, with the control API of the Personalize service in front of it."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from personalize_local.ministack.patches.clock import follow_clock
from personalize_local.personalize.control_api import PREFIX
from personalize_local.personalize.service import PersonalizeService

AsgiScope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[AsgiScope, Receive, Send], Awaitable[None]]

_DROP: Final = "x-personalize-drop-connection"


def with_control_api(service: PersonalizeService, application: Asgi) -> Asgi:
    """Return an application that answers requests to the control API and passes the rest to `application`."""

    async def routed(scope: AsgiScope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
        elif scope["path"].startswith(PREFIX):
            await _answer_control_request(service, scope, receive, send)
        else:
            await application(scope, receive, _dropping(send))

    return routed


def after_start(application: Asgi, action: Callable[[], None]) -> Asgi:
    """Return an application that calls `action` when `application` has started."""

    async def with_action(scope: AsgiScope, receive: Receive, send: Send) -> None:
        async def act_and_send(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "lifespan.startup.complete":
                action()
            await send(message)

        await application(scope, receive, act_and_send if scope["type"] == "lifespan" else send)

    return with_action


def dropped_connection() -> tuple[int, dict[str, str], bytes]:
    """Return the response of a ministack handler for which the application drops the connection."""
    return 200, {_DROP: "yes"}, b""


async def read_body(receive: Receive) -> bytes | None:
    """Return a request's body; None if the client disconnects before its end."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


async def _answer_control_request(service: PersonalizeService, scope: AsgiScope, receive: Receive, send: Send) -> None:
    body = await read_body(receive) or b""
    path = f"{scope['path']}?{scope['query_string'].decode()}"
    response = await asyncio.to_thread(service.control_api.handle, scope["method"], path, body)
    follow_clock(service.clock)
    headers = [(name.encode(), value.encode()) for name, value in response.headers.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})


def _dropping(send: Send) -> Send:
    """Return a `send` that closes the connection during a response marked by `dropped_connection`."""

    async def send_or_drop(message: MutableMapping[str, Any]) -> None:
        if any(name.decode().lower() == _DROP for name, _ in message.get("headers", [])):
            await send({**message, "headers": [(b"content-length", b"1000")]})
            await send({"type": "http.response.body", "body": b"{", "more_body": True})
            raise ConnectionAbortedError("a fault drops the connection")
        await send(message)

    return send_or_drop
