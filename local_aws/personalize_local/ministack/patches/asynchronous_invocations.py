"""Asynchronous invocations of functions, which ministack retries at other times and without regard to throttling.

A function that fails is invoked again after one minute, and after two more minutes. A throttled invocation is repeated
with growing delays until the event is too old, so a burst of events is handled one after the other:
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

import contextvars
import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

from ministack.services import lambda_svc

from personalize_local.personalize.clock import Clock

logger = logging.getLogger(__name__)

_RETRY_SECONDS: Final = (60, 120)
_THROTTLED_SECONDS_MAX: Final = 300
_EVENT_AGE_SECONDS_MAX: Final = 6 * 3600
_QUALIFIER: Final = "$LATEST"  # as in the CDK's templates

Invoke = Callable[[], dict[str, Any]]


def retry_asynchronous_invocations(clock: Clock) -> None:
    """Invoke functions asynchronously as Lambda does: for the API, notifications of S3, rules and schedules."""

    def invoke_async(function: dict[str, Any], event: dict[str, Any]) -> None:
        def run() -> None:
            execute = lambda_svc._execute_function_with_config_scope  # noqa: SLF001
            result = invoke_with_retries(clock, function, lambda: execute(function, event))
            if result.get("error"):
                _send_to_destination(function, event, result)

        threading.Thread(target=contextvars.copy_context().run, args=(run,), daemon=True).start()

    lambda_svc.invoke_async_with_retry = invoke_async


def invoke_with_retries(
    clock: Clock, function: Mapping[str, Any], invoke: Invoke, *, is_final: Callable[[], bool] = lambda: False
) -> dict[str, Any]:
    """Return the result of the last invocation.

    Args:
        clock: The clock of the delays.
        function: The record of the function, with its settings for asynchronous invocation.
        invoke: Invoke the function once.
        is_final: Return whether an error must not be retried.
    """
    settings = _settings(function)
    retries_max = int(settings.get("MaximumRetryAttempts", len(_RETRY_SECONDS)))
    expires_at = clock.now() + float(settings.get("MaximumEventAgeInSeconds", _EVENT_AGE_SECONDS_MAX))
    delays, throttled_seconds = list(_RETRY_SECONDS[:retries_max]), 1
    while (result := invoke()).get("error") and not is_final():
        if result.get("throttle"):
            delay, throttled_seconds = throttled_seconds, min(throttled_seconds * 2, _THROTTLED_SECONDS_MAX)
        elif delays:
            logger.warning("a function failed: %s", result.get("body"))
            delay = delays.pop(0)
        else:
            break
        if clock.now() + delay > expires_at:
            break
        clock.sleep(delay)
    return result


def _settings(function: Mapping[str, Any]) -> Mapping[str, Any]:
    settings = lambda_svc._event_invoke_config  # noqa: SLF001
    return settings(function, _QUALIFIER) or settings(function, None) or {}


def _send_to_destination(function: Mapping[str, Any], event: Mapping[str, Any], result: Mapping[str, Any]) -> None:
    """Send the event to the function's destination for failures, or to its dead-letter queue."""
    config = function.get("config") or function
    on_failure = (_settings(function).get("DestinationConfig") or {}).get("OnFailure") or {}
    target = on_failure.get("Destination") or (config.get("DeadLetterConfig") or {}).get("TargetArn")
    if target:
        lambda_svc._route_async_failure(target, config["FunctionName"], event, result)  # noqa: SLF001
