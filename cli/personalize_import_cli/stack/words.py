"""How durations, times and CloudFormation's reasons are written."""

import re
from datetime import UTC, datetime
from typing import Final

# What CloudFormation puts around the reason of a custom resource.
_BEFORE: Final = re.compile(r"^Received response status \[FAILED\] from custom resource\. Message returned: ")
_AFTER: Final = re.compile(r"\(RequestId: [0-9a-f-]{36}\)$")


def unwrapped(reason: str) -> str:
    """Take a reason out of what CloudFormation puts around it."""
    return _AFTER.sub("", _BEFORE.sub("", reason.strip())).rstrip()


def duration(seconds: float) -> str:
    """Write a duration as people say it: `45 s`, `4 min 05 s`, `1 h 04 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"


def moment(epoch_seconds: float) -> str:
    """Write a time in UTC, to the second."""
    return datetime.fromtimestamp(epoch_seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
