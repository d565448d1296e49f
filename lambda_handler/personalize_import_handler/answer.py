"""Answer CloudFormation: one bounded JSON body, put to a pre-signed URL, with the status looked at.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref-responses.html. The URL is a
credential: it stands in no message and no log line.
"""

import bisect
import http.client
import json
import logging
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Final

logger = logging.getLogger(__name__)

BODY_BYTES_MAX: Final = 4096
_ATTEMPTS: Final = 5
_TIMEOUT_SECONDS: Final = 5
_CUT: Final = "…"


class NotDelivered(Exception):
    """CloudFormation could not be reached, or did not take the answer."""


def body_of(answer: Mapping[str, object]) -> bytes:
    """Serialize an answer; its reason gives way at its end where the whole is too long for CloudFormation."""
    body = _serialize(answer)
    if len(body) <= BODY_BYTES_MAX:
        return body
    reason = str(answer.get("Reason", ""))

    def cut_to(length: int) -> bytes:
        return _serialize({**answer, "Reason": reason[:length] + _CUT})

    # A character takes one to six bytes, so the longest head that fits is searched for rather than computed.
    too_long = bisect.bisect(range(len(reason)), BODY_BYTES_MAX, key=lambda length: len(cut_to(length)))
    return cut_to(max(0, too_long - 1))


def send(
    url: str,
    answer: Mapping[str, object],
    *,
    sleep: Callable[[float], None] = time.sleep,
    timeout_seconds: float = _TIMEOUT_SECONDS,
) -> None:
    """Put the answer to CloudFormation, or raise `NotDelivered` after a bounded number of attempts."""
    body = body_of(answer)
    problem = ""
    for attempt in range(_ATTEMPTS):
        if attempt:
            sleep(2.0 ** (attempt - 1))
        problem = _put(url, body, timeout_seconds)
        if not problem:
            logger.info("Answered CloudFormation with %s", answer.get("Status"))
            return
        logger.warning("CloudFormation did not take the answer: %s", problem)
    raise NotDelivered(f"CloudFormation did not take the answer in {_ATTEMPTS} attempts, at last: {problem}")


def _put(url: str, body: bytes, timeout_seconds: float) -> str:
    """Put once; return what went wrong, or nothing."""
    try:
        # An empty content type: the URL is signed for that.
        request = urllib.request.Request(url, data=body, method="PUT", headers={"Content-Type": ""})  # noqa: S310
        with urllib.request.urlopen(request, timeout=timeout_seconds):  # noqa: S310 - the URL is CloudFormation's
            return ""
    except urllib.error.HTTPError as error:
        error.close()
        return f"HTTP {error.code} {error.reason}"
    except (OSError, ValueError, http.client.HTTPException) as error:  # no connection, TLS, time or HTTP; not a URL
        return type(error).__name__


def _serialize(answer: Mapping[str, object]) -> bytes:
    return json.dumps(answer, ensure_ascii=False).encode("utf-8", errors="replace")
