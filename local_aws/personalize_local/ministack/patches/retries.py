"""Retry and Catch of Step Functions: which errors they match, and the delay before a retry.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

from typing import Any, Final

from ministack.services import stepfunctions

_TERMINAL: Final = frozenset({"States.Runtime", "States.DataLimitExceeded"})
_INTERVAL_SECONDS: Final = 1
_BACKOFF_RATE: Final = 2.0


def fail_on_terminal_errors() -> None:
    """Fail an execution on errors that Retry and Catch never match, not even as States.ALL."""
    matches = stepfunctions._error_matches  # noqa: SLF001

    def error_matches(error_equals: list[str], error: str) -> bool:
        return error not in _TERMINAL and bool(matches(error_equals, error))

    stepfunctions._error_matches = error_matches  # noqa: SLF001


def wait_between_retries() -> None:
    """Wait between retries for the delay of the retrier, which ministack limits to a minute."""
    find = stepfunctions._find_matching_retrier  # noqa: SLF001

    def find_and_wait(
        retriers: list[dict[str, Any]], error: str, retry_counts: dict[int, int]
    ) -> tuple[dict[str, Any] | None, int]:
        retrier, index = find(retriers, error, retry_counts)
        if retrier is None:
            return None, index
        stepfunctions._scaled_sleep(delay_seconds(retrier, retry_counts.get(index, 0)))  # noqa: SLF001
        return {**retrier, "IntervalSeconds": 0}, index  # so that ministack doesn't wait, too

    stepfunctions._find_matching_retrier = find_and_wait  # noqa: SLF001


def delay_seconds(retrier: dict[str, Any], retries: int) -> float:
    """Return how long a retrier waits after a number of retries, without jitter."""
    interval, rate = retrier.get("IntervalSeconds", _INTERVAL_SECONDS), retrier.get("BackoffRate", _BACKOFF_RATE)
    return float(min(interval * rate**retries, retrier.get("MaxDelaySeconds", float("inf"))))
