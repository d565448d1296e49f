"""Retries of functions that fail on a CloudFormation request, which ministack omits."""

import logging
import threading
import time
from typing import Any, Final

from ministack.services import lambda_svc
from ministack.services.cloudformation import custom_resource

from personalize_local.personalize.clock import Clock

logger = logging.getLogger(__name__)

_RETRY_SECONDS: Final = (60, 120)
_EVENT_AGE_SECONDS_MAX: Final = 6 * 3600


def retry_custom_resource_requests(clock: Clock) -> None:
    """Retry a function that fails on a CloudFormation request, after one minute and after two more minutes.

    CloudFormation invokes functions asynchronously, and Lambda retries asynchronous invocations:
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
    """
    invoke, execute = custom_resource.invoke_custom_resource, lambda_svc._execute_function_with_config_scope  # noqa: SLF001
    invocation = threading.local()

    def invoke_custom_resource(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - ministack's own
        invocation.asynchronous = True
        try:
            return invoke(*arguments, **options)
        finally:
            invocation.asynchronous = False

    def execute_function(function: dict[str, Any], event: dict[str, Any]) -> Any:  # noqa: ANN401 - ministack's own
        result = execute(function, event)
        if not getattr(invocation, "asynchronous", False):
            return result
        settings = lambda_svc._event_invoke_config(function, None) or {}  # noqa: SLF001
        age_max = settings.get("MaximumEventAgeInSeconds", _EVENT_AGE_SECONDS_MAX)
        started_at = clock.now()
        for seconds in _RETRY_SECONDS[: settings.get("MaximumRetryAttempts", len(_RETRY_SECONDS))]:
            if not result.get("error"):
                break
            logger.warning("a function failed on a CloudFormation request: %s", result.get("body"))
            if clock.now() + seconds - started_at > age_max:
                break
            time.sleep(seconds / clock.speed)
            result = execute(function, event)
        return result

    custom_resource.invoke_custom_resource = invoke_custom_resource
    lambda_svc._execute_function_with_config_scope = execute_function  # noqa: SLF001
