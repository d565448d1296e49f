"""CloudFormation's response endpoint: HTTPS on loopback, with scripted statuses."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, Literal

import trustme

Act = int | Literal["hang up", "never answer", "talk nonsense", "status by bytes", "headers by bytes", "body by bytes"]
QUIET_SECONDS: Final = 60
SECONDS_OF_A_BYTE: Final = 0.02
SLOWLY: Final = {
    "status by bytes": (b"", b"HTTP/1.1 200 " + b"O" * 3000),
    "headers by bytes": (b"HTTP/1.1 200 OK\r\n", b"X-Slow: " + b"1" * 3000),
    "body by bytes": (b"HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n", b"1" * 3000),
}
"""The part that is sent at once, and the part that is sent byte by byte."""


@dataclass(frozen=True)
class Put:
    """One request as it arrived."""

    path: str
    content_type: str | None
    body: bytes


@dataclass
class Endpoint:
    """Records requests and returns the scripted statuses, then 200."""

    url: str = ""
    puts: list[Put] = field(default_factory=list)
    script: list[Act] = field(default_factory=list)
    location: str | None = None
    """The target of redirects."""
    closing: threading.Event = field(default_factory=threading.Event)
    was_awaited: bool = False
    """True if a client waited for the end of a slow response."""


@contextmanager
def serve(authority: trustme.CA) -> Iterator[Endpoint]:
    """Serve an endpoint on a free port."""
    endpoint = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            endpoint.puts.append(Put(self.path, self.headers.get("Content-Type"), body))
            act = endpoint.script.pop(0) if endpoint.script else 200
            self.close_connection = True
            _answer(self, act, endpoint)

        def log_message(self, format: str, *args: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    endpoint.url = f"https://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield endpoint
    finally:
        endpoint.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _answer(handler: BaseHTTPRequestHandler, act: Act, endpoint: Endpoint) -> None:
    if isinstance(act, int):
        handler.send_response(act)
        handler.send_header("Content-Length", "0")
        if endpoint.location:
            handler.send_header("Location", endpoint.location)
        handler.end_headers()
    elif act == "talk nonsense":
        handler.wfile.write(b"good evening\r\n\r\n")
    elif act == "never answer":
        endpoint.was_awaited |= not endpoint.closing.wait(QUIET_SECONDS)
    elif act in SLOWLY:
        at_once, slowly = SLOWLY[act]
        handler.wfile.write(at_once)
        endpoint.was_awaited |= _send_slowly(handler.wfile.write, slowly, endpoint.closing)


def _send_slowly(send: Callable[[bytes], object], slowly: bytes, closing: threading.Event) -> bool:
    """Send byte by byte; return whether the client waited for the end."""
    try:
        for byte in slowly:
            send(bytes([byte]))
            if closing.wait(SECONDS_OF_A_BYTE):
                return False
    except OSError:  # the client has closed the connection
        return False
    return True


@contextmanager
def slow_handshake() -> Iterator[str]:
    """Serve the URL of an endpoint that begins a TLS handshake, and sends it byte by byte."""
    closing = threading.Event()

    def shake_hands(taken: socket.socket) -> None:
        with taken:
            _send_slowly(taken.send, b"\x16\x03\x03\x40\x00" + b"\x02" * 3000, closing)

    def accept() -> None:
        with suppress(OSError):  # the server is closed
            while True:
                threading.Thread(target=shake_hands, args=[server.accept()[0]], daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{server.getsockname()[1]}"
        closing.set()
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
