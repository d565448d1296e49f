"""Errors that end an execution of Step Functions, which ministack retries and catches."""

from typing import Final

from ministack.services import stepfunctions

_TERMINAL: Final = frozenset({"States.Runtime", "States.DataLimitExceeded"})


def fail_on_terminal_errors() -> None:
    """Fail an execution on errors that Retry and Catch never match, not even as States.ALL.

    https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
    """
    matches = stepfunctions._error_matches  # noqa: SLF001

    def error_matches(error_equals: list[str], error: str) -> bool:
        return error not in _TERMINAL and bool(matches(error_equals, error))

    stepfunctions._error_matches = error_matches  # noqa: SLF001
