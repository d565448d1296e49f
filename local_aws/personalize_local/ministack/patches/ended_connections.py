"""Connections that a client ends early, without the closing messages of TLS, are no errors of the server.

Functions that are suspended after an invocation, and clients that are killed, end them like that. Hypercorn catches the
errors of TCP, but not those of TLS.
"""

from contextlib import suppress
from ssl import SSLError

from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.events import Closed, Event


def ignore_ended_connections() -> None:
    """Treat an error of TLS while a response is sent, or a connection closed, as the end of the connection."""
    send, close = TCPServer.protocol_send, TCPServer._close  # noqa: SLF001

    async def protocol_send(self: TCPServer, event: Event) -> None:
        try:
            await send(self, event)
        except SSLError:
            await self.protocol.handle(Closed())

    async def close_quietly(self: TCPServer) -> None:
        with suppress(SSLError, TimeoutError):  # the closing message of the client may never come
            await close(self)

    TCPServer.protocol_send = protocol_send  # type: ignore[method-assign]
    TCPServer._close = close_quietly  # type: ignore[method-assign]  # noqa: SLF001
