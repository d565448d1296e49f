"""Send responses to CloudFormation: a JSON body of limited size, in a PUT request to a pre-signed URL.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref-responses.html. The URL is a credential,
so it is in no message and no log line. The HTTP status is checked, and redirects are not followed.
"""

import bisect
import http.client
import json
import logging
import re
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, Final

logger = logging.getLogger(__name__)

BODY_BYTES_MAX: Final = 4096
RESPONSE_URL_ALLOWED: Final = "a URL that begins with https://"
ATTEMPT_THREAD: Final = "answer to CloudFormation"
"""The name of the thread that sends a response."""
_ATTEMPTS: Final = 5
_NO_RESPONSE: Final = "no response in time"
_TIMEOUT_SECONDS: Final = 5
_CUT: Final = "…"
_URL: Final = re.compile(r"https://[a-zA-Z0-9.-]+(:(?P<port>[0-9]{1,5}))?([/?][!-~]*)?")
_PORT_MAX: Final = 65535


class NotDeliveredError(Exception):
    """CloudFormation could not be reached or did not accept the response."""


def is_response_url(url: object) -> bool:
    """Return whether a response may be sent to a URL: HTTPS only, because the response and the URL are secret."""
    parts = _URL.fullmatch(url) if isinstance(url, str) else None
    return parts is not None and int(parts["port"] or 0) <= _PORT_MAX


def body_of(answer: Mapping[str, object]) -> bytes:
    """Serialize a response; cut the end of its reason if the body is too long for CloudFormation."""
    body = _serialize(answer)
    if len(body) <= BODY_BYTES_MAX:
        return body
    reason = str(answer.get("Reason", ""))

    def cut_to(length: int) -> bytes:
        return _serialize({**answer, "Reason": reason[:length] + _CUT})

    # A character takes one to six bytes, so a binary search finds the longest reason that fits.
    too_long = bisect.bisect(range(len(reason)), BODY_BYTES_MAX, key=lambda length: len(cut_to(length)))
    return cut_to(max(0, too_long - 1))


def send(
    url: str,
    answer: Mapping[str, object],
    *,
    sleep: Callable[[float], None] = time.sleep,
    timeout_seconds: float = _TIMEOUT_SECONDS,
) -> None:
    """Send a response to CloudFormation; raise `NotDeliveredError` after a limited number of attempts.

    Args:
        url: The ResponseURL of the request; any URL other than HTTPS raises `NotDeliveredError` at once.
        answer: The members of the response.
        sleep: The function that waits between attempts; its argument is in seconds.
        timeout_seconds: The limit for each attempt as a whole, even if the endpoint sends data slowly.
    """
    if not is_response_url(url):
        raise NotDeliveredError(f"The response was not sent: ResponseURL must be {RESPONSE_URL_ALLOWED}")
    body = body_of(answer)
    problem = ""
    for attempt in range(_ATTEMPTS):
        if attempt:
            sleep(2.0 ** (attempt - 1))
        problem = _put(url, body, timeout_seconds)
        if not problem:
            logger.info("Sent a response to CloudFormation: %s", answer.get("Status"))
            return
        logger.warning("CloudFormation did not accept the response: %s", problem)
    raise NotDeliveredError(f"CloudFormation did not accept the response in {_ATTEMPTS} attempts, at last: {problem}")


class _Connection(http.client.HTTPSConnection):
    """A connection that another thread can abort."""

    is_aborted = False

    def connect(self) -> None:
        """Connect, unless the connection was aborted in the meantime."""
        super().connect()
        if self.is_aborted:
            raise TimeoutError

    def abort(self) -> None:
        """Abort any operation that waits for the server."""
        self.is_aborted = True
        with suppress(OSError, AttributeError):  # not connected yet, or no longer connected
            self.sock.shutdown(socket.SHUT_RDWR)


class _HttpsHandler(urllib.request.HTTPSHandler):
    """Opens URLs with a connection that another thread can abort."""

    def __init__(self) -> None:
        super().__init__()
        self._connections: list[_Connection] = []

    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        """Open a URL."""
        return self.do_open(self._connection, request)

    def abort(self) -> None:
        """Abort any operation that waits for the server."""
        for connection in self._connections:
            connection.abort()

    def _connection(self, host: str, **options: Any) -> _Connection:  # noqa: ANN401 - as in the base class
        self._connections.append(_Connection(host, **options))
        return self._connections[-1]


def _put(url: str, body: bytes, timeout_seconds: float) -> str:
    """Send one PUT request within the deadline; return the problem, or an empty string.

    A socket timeout starts again with each byte, so a server that sends single bytes could block the attempt for hours.
    The attempt therefore runs in a separate thread, which is aborted at the deadline.
    """
    handler = _HttpsHandler()
    outcome: SimpleQueue[str] = SimpleQueue()
    attempt = partial(_attempt, handler, url, body, timeout_seconds)
    threading.Thread(target=lambda: outcome.put(attempt()), name=ATTEMPT_THREAD, daemon=True).start()
    try:
        return outcome.get(timeout=timeout_seconds)
    except Empty:
        handler.abort()
        return _NO_RESPONSE


def _attempt(handler: _HttpsHandler, url: str, body: bytes, timeout_seconds: float) -> str:
    # Without a handler for redirects, a redirect is an error.
    opener = urllib.request.OpenerDirector()
    for each in (
        urllib.request.ProxyHandler(),
        handler,
        urllib.request.HTTPErrorProcessor(),
        urllib.request.HTTPDefaultErrorHandler(),
    ):
        opener.add_handler(each)
    try:
        # The content type is empty because the URL is signed for an empty one.
        request = urllib.request.Request(url, data=body, method="PUT", headers={"Content-Type": ""})  # noqa: S310
        with opener.open(request, timeout=timeout_seconds):
            return ""
    except urllib.error.HTTPError as error:
        error.close()
        return f"HTTP {error.code}"
    except TimeoutError:
        return _NO_RESPONSE
    except (OSError, ValueError, http.client.HTTPException) as error:  # no connection, TLS, time or HTTP; not a URL
        return type(error).__name__


def _serialize(answer: Mapping[str, object]) -> bytes:
    return json.dumps(answer, ensure_ascii=False).encode("utf-8", errors="replace")
