"""The time at which CloudFormation sent a request, as far as it is known: from then on it waits an hour for the answer.

docs/decisions/0017-when-the-hour-begins.md says why it is measured in this way.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qs, urlsplit

from personalize_import_handler import contract

# CloudFormation waits an hour at most, or as long as the template says, and takes no response in time for a failure. So
# some time is left for the answer.
_DELETE_SECONDS_MAX: Final = 50 * 60
_ANSWER_SECONDS: Final = 120
EVENT_AGE_SECONDS_MAX: Final = 6 * 3600
"""As long as Lambda keeps an event: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html"""


def signed_at(response_url: str) -> float | None:
    """Return when the URL for the answer was signed, in epoch seconds, or None if it does not contain that.

    https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
    """
    with suppress(ValueError):  # not a URL, or not a date
        for date in parse_qs(urlsplit(response_url).query).get("X-Amz-Date", []):
            return datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    return None


def sent_at(signed: float | None, age_seconds: float, now: float) -> float:
    """Return when a request was sent: when its URL was signed, else `age_seconds` ago, when OnEvent received it.

    A signature is older than the request, so going by it can only make an answer come earlier. One that is younger
    than now, or older than any event can be, is another clock's.
    """
    if signed is not None and now - EVENT_AGE_SECONDS_MAX <= signed <= now:
        return signed
    return now - age_seconds


def delete_seconds(properties: Mapping[str, object]) -> int:
    """Say how long a Delete may wait before it has to be answered."""
    given = str(properties.get("ServiceTimeout", ""))
    service_timeout = int(given) if re.fullmatch("[0-9]{1,4}", given, re.ASCII) else contract.SERVICE_TIMEOUT_SECONDS
    return min(_DELETE_SECONDS_MAX, service_timeout - _ANSWER_SECONDS)
