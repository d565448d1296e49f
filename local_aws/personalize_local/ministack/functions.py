"""How Lambda treats functions that fail, where ministack does otherwise: it keeps their environment, and retries."""

import logging
import threading
import time
from collections.abc import Mapping
from typing import Any, Final

from ministack.core import lambda_runtime
from ministack.services import lambda_svc
from ministack.services.cloudformation import custom_resource

from personalize_local.personalize.clock import Clock

logger = logging.getLogger(__name__)

_RETRY_SECONDS: Final = (60, 120)
_EVENT_AGE_SECONDS_MAX: Final = 6 * 3600


def retry_requests_of_cloudformation(clock: Clock) -> None:
    """Invoke a function that fails on CloudFormation's request again, after one minute and then after two.

    CloudFormation invokes asynchronously, and Lambda retries what fails; ministack would wait for the answer in vain:
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
    """
    invoke, execute = custom_resource.invoke_custom_resource, lambda_svc._execute_function_with_config_scope  # noqa: SLF001
    here = threading.local()

    def invoke_custom_resource(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - ministack's own
        here.asynchronous = True
        try:
            return invoke(*arguments, **options)
        finally:
            here.asynchronous = False

    def execute_function(function: dict[str, Any], event: dict[str, Any]) -> Any:  # noqa: ANN401 - ministack's own
        result = execute(function, event)
        if not getattr(here, "asynchronous", False):
            return result
        settings = lambda_svc._event_invoke_config(function, None) or {}  # noqa: SLF001
        age_max = settings.get("MaximumEventAgeInSeconds", _EVENT_AGE_SECONDS_MAX)
        begun = clock.now()
        for seconds in _RETRY_SECONDS[: settings.get("MaximumRetryAttempts", len(_RETRY_SECONDS))]:
            if not _has_failed(result) or clock.now() + seconds - begun > age_max:
                break
            time.sleep(seconds / clock.speed)
            result = execute(function, event)
        return result

    custom_resource.invoke_custom_resource = invoke_custom_resource
    lambda_svc._execute_function_with_config_scope = execute_function  # noqa: SLF001


def _has_failed(result: Mapping[str, Any]) -> bool:
    if result.get("error"):
        logger.warning("a function failed on CloudFormation's request: %s", result.get("body"))
    return bool(result.get("error"))


def keep_environments_after_errors() -> None:
    """Let what has raised serve the next invocation too, as Lambda does; ministack would start it anew.

    A process that died, or ran out of time, is ended as before.
    https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
    """
    invoke = lambda_runtime.Worker.invoke
    signal, collect = lambda_runtime._signal, lambda_runtime._collect  # noqa: SLF001
    here = threading.local()

    def signal_later(process: Any) -> None:  # noqa: ANN401 - ministack's own
        ended = getattr(here, "ended", None)
        if ended is None:
            signal(process)
        else:
            ended.append(process)

    def collect_later(process: Any, deadline: float) -> None:  # noqa: ANN401 - ministack's own
        if getattr(here, "ended", None) is None:
            collect(process, deadline)

    def invoke_and_keep(worker: Any, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - ministack's own
        here.ended = []
        try:
            response = invoke(worker, *arguments, **options)
        finally:
            ended, here.ended = here.ended, None
        for process in ended:
            if "trace" in response:  # the handler's own error
                worker._proc = process  # noqa: SLF001
            else:
                signal(process)
                collect(process, time.monotonic() + lambda_runtime._REAP_GRACE)  # noqa: SLF001
        return response

    lambda_runtime._signal, lambda_runtime._collect = signal_later, collect_later  # noqa: SLF001
    lambda_runtime.Worker.invoke = invoke_and_keep
