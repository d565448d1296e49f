"""Functions that fail on a CloudFormation request: Lambda retries them, and then the resource fails with a reason."""

import threading
from collections.abc import Mapping
from typing import Any, Final

from ministack.core import lambda_runtime
from ministack.services import lambda_svc
from ministack.services.cloudformation import custom_resource

from personalize_local.ministack.patches.asynchronous_invocations import invoke_with_retries
from personalize_local.ministack.patches.function_runtimes import UNSUPPORTED
from personalize_local.personalize.clock import Clock

_START_SECONDS_MAX: Final = 60
# ministack reads what the process wrote to standard error in another thread, and so not into its message.
_WITHOUT_STDERR: Final = "stderr: "
_NOT_CREATED: Final = "not-created-because-the-function-did-not-start"


class _Request(threading.local):
    """The CloudFormation request that this thread is handling."""

    asynchronous = False
    failed_to_start = False


_request: Final = _Request()


def retry_custom_resource_requests(clock: Clock) -> None:
    """Retry a function that fails, after one minute and after two more minutes; then fail the resource.

    CloudFormation invokes functions asynchronously, and Lambda retries asynchronous invocations:
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
    On AWS the resource fails after its ServiceTimeout, an hour by default, if no response has arrived. Here it fails
    as soon as no further invocation follows, with the function's error. A function that can't start isn't retried.
    """
    _mark_asynchronous_requests()
    _mark_failed_starts()
    execute = lambda_svc._execute_function_with_config_scope  # noqa: SLF001

    def execute_function(function: dict[str, Any], event: dict[str, Any]) -> Any:  # noqa: ANN401 - ministack's own
        if not _request.asynchronous:
            return execute(function, event)
        if event.get("PhysicalResourceId") == _NOT_CREATED:
            _respond(event, "SUCCESS")
            return {}
        result = invoke_with_retries(
            clock,
            function,
            lambda: _execute_once(execute, function, event),
            is_final=lambda: _request.failed_to_start,
        )
        if result.get("error"):
            _respond(event, "FAILED", f"{event['LogicalResourceId']}: {_failure(function, result)}")
        return result

    lambda_svc._execute_function_with_config_scope = execute_function  # noqa: SLF001


def _execute_once(execute: Any, function: dict[str, Any], event: dict[str, Any]) -> Any:  # noqa: ANN401
    _request.failed_to_start = False
    result = execute(function, event)
    if _error_of(result).get("errorType") == UNSUPPORTED:
        _request.failed_to_start = True
    return result


def _failure(function: dict[str, Any], result: Mapping[str, Any]) -> str:
    name = (function.get("config") or function)["FunctionName"]
    problem = "could not be started" if _request.failed_to_start else "failed and sent no response"
    return f"the function {name} {problem}: {_error_of(result).get('errorMessage', 'unknown error')}"


def _error_of(result: Mapping[str, Any]) -> Mapping[str, Any]:
    body = result.get("body")
    return body if isinstance(body, Mapping) else {}


def _respond(event: Mapping[str, Any], status: str, reason: str = "") -> None:
    """Respond to a request in place of its function, unless a response has arrived."""
    token = event["ResponseURL"].rpartition("/")[2]
    pending = custom_resource._pending.get(token)  # noqa: SLF001
    if pending is None or pending["event"].is_set():
        return
    physical_id = event.get("PhysicalResourceId") or (_NOT_CREATED if _request.failed_to_start else event["RequestId"])
    members = ("StackId", "RequestId", "LogicalResourceId")
    response = {"Status": status, "Reason": reason, "PhysicalResourceId": physical_id}
    custom_resource.deliver_response(token, {**response, **{member: event[member] for member in members}})


def _mark_asynchronous_requests() -> None:
    invoke = custom_resource.invoke_custom_resource

    def invoke_custom_resource(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - ministack's own
        _request.asynchronous = True
        try:
            return invoke(*arguments, **options)
        finally:
            _request.asynchronous = False

    custom_resource.invoke_custom_resource = invoke_custom_resource


def _mark_failed_starts() -> None:
    """Note in the request that a process could not be started, and end processes that don't become ready."""
    spawn = lambda_runtime.Worker._spawn  # noqa: SLF001

    def spawn_in_time(worker: Any) -> None:  # noqa: ANN401 - ministack's own
        limit = threading.Timer(_START_SECONDS_MAX, lambda: worker._proc and worker._proc.kill())  # noqa: SLF001
        limit.daemon = True
        limit.start()
        try:
            spawn(worker)
        except RuntimeError as error:
            _request.failed_to_start = True
            if not str(error).endswith(_WITHOUT_STDERR):
                raise
            raise RuntimeError(f"{error}{worker._drain_stderr_bounded()}") from error  # noqa: SLF001
        finally:
            limit.cancel()

    lambda_runtime.Worker._spawn = spawn_in_time  # noqa: SLF001
