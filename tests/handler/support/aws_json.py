"""A service of AWS on loopback that returns scripted responses in AWS JSON 1.1 and records the requests."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_personalize import PersonalizeClient

ONCE: Final = Config(retries={"total_max_attempts": 1}, connect_timeout=1, read_timeout=1)


@dataclass(frozen=True)
class Response:
    """A response to return; `date` is epoch seconds, or the text of the header."""

    body: dict[str, Any]
    status: int = 200
    date: float | str | None = None


def error(code: str, message: str = "", status: int = 400, date: float | str | None = None) -> Response:
    """Return an error in AWS JSON format."""
    return Response({"__type": code, "message": message}, status, date)


@dataclass
class Service:
    """Returns the scripted responses in order."""

    url: str = ""
    script: list[Response] = field(default_factory=list)
    requests: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """(operation, parameters), as they arrived."""

    def respond_with(self, *responses: Response | dict[str, Any]) -> None:
        """Add responses to the script."""
        self.script.extend(item if isinstance(item, Response) else Response(item) for item in responses)


@contextmanager
def serve() -> Iterator[Service]:
    """Serve on a free port."""
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            parameters = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            service.requests.append((self.headers["X-Amz-Target"].rpartition(".")[2], parameters))
            response = service.script.pop(0)
            body = json.dumps(response.body).encode()
            self.send_response_only(response.status)
            if response.date is not None:
                text = response.date if isinstance(response.date, str) else formatdate(response.date, usegmt=True)
                self.send_header("Date", text)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def client_of(url: str, config: Config = ONCE) -> "PersonalizeClient":
    """Create a client, by default with one attempt per call."""
    return boto3.client(
        "personalize",
        region_name="eu-west-1",
        endpoint_url=url,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=config,
    )
