"""The times of EventBridge's events, which have whole seconds on AWS.

The events of ministack's S3 have milliseconds:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from ministack.services import eventbridge

_FRACTION: Final = re.compile(r"\.[0-9]+Z$")


def write_whole_seconds() -> None:
    """Write the time of an event as `2026-11-28T03:00:00Z`."""
    time_of = eventbridge._event_time_string  # noqa: SLF001

    def event_time(event: Mapping[str, Any]) -> str:
        return _FRACTION.sub("Z", time_of(event))

    eventbridge._event_time_string = event_time  # noqa: SLF001
