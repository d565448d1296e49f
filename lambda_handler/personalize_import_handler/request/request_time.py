"""The time at which CloudFormation sent a request; its timeout of one hour begins then.

docs/decisions/0017-when-the-hour-begins.md explains why it is measured in this way.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qs, urlsplit

from personalize_import_handler import contract

# CloudFormation waits for an hour, or for the timeout in the template, and treats a missing response as a failure. Some
# time is therefore reserved for the response.
_DELETE_SECONDS_MAX: Final = 50 * 60
_RESPONSE_SECONDS: Final = 120
EVENT_AGE_SECONDS_MAX: Final = 6 * 3600
"""As long as Lambda keeps an event: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html"""


def signed_at(response_url: str) -> float | None:
    """Return when the response URL was signed, in epoch seconds, or None if it has no date.

    https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
    """
    with suppress(ValueError):  # not a URL, or not a date
        for date in parse_qs(urlsplit(response_url).query).get("X-Amz-Date", []):
            return datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    return None


def sent_at(signed: float | None, age_seconds: float, now: float) -> float:
    """Return when a request was sent: when its URL was signed, otherwise `age_seconds` ago, when OnEvent received it.

    A URL is signed before the request is sent, so this time can only make a response earlier. A date in the future, or
    older than an event can be, is ignored because it must come from a different clock.
    """
    if signed is not None and now - EVENT_AGE_SECONDS_MAX <= signed <= now:
        return signed
    return now - age_seconds


def delete_seconds(properties: Mapping[str, object]) -> int:
    """Return how long a Delete may wait before a response must be sent, in seconds."""
    given = str(properties.get("ServiceTimeout", ""))
    service_timeout = int(given) if re.fullmatch("[0-9]{1,4}", given, re.ASCII) else contract.SERVICE_TIMEOUT_SECONDS
    return min(_DELETE_SECONDS_MAX, service_timeout - _RESPONSE_SECONDS)
