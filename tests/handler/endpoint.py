"""The place where CloudFormation takes answers: HTTPS on loopback, with statuses by script."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, Literal

import trustme

Act = int | Literal["hang up", "say nothing", "talk nonsense"]
QUIET_SECONDS: Final = 5


@dataclass(frozen=True)
class Put:
    """One request as it arrived."""

    path: str
    content_type: str | None
    body: bytes


@dataclass
class Endpoint:
    """Records what is put, and acts by script; when that is through, it says 200."""

    url: str = ""
    puts: list[Put] = field(default_factory=list)
    script: list[Act] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)


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
            if isinstance(act, int):
                self.send_response(act)
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif act == "talk nonsense":
                self.wfile.write(b"good evening\r\n\r\n")
            elif act == "say nothing":
                endpoint.closing.wait(QUIET_SECONDS)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: a test's output is what failed."""

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
