"""The provider's two functions: how they are set up, and which of that a user may choose."""

import inspect
from collections.abc import Iterator, Mapping
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from personalize_import import suppressions
from personalize_import.provider import statements as permissions
from personalize_import.provider.handler_code import handler_code
from personalize_import.synthesis import validation
from personalize_import.synthesis.environment import stack_of
from personalize_import_handler import contract
from personalize_import_handler.contract import Environment
from personalize_import_handler.contract.constraints import violation

_MEMORY_MIB: Final = 256
# Calls of the functions give up after seconds; this is for the sum of many that nearly do.
_TIMEOUT: Final = cdk.Duration.minutes(5)
# OnEvent retries to start the state machine for two minutes, and the answer has to be delivered too.
_TIMEOUT_SECONDS_MIN: Final = 180
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
_TIMEOUT_SECONDS_MAX: Final = 900
RUNTIMES: Final = ("python3.11", "python3.12", "python3.13")
"""The runtimes that the handler is tested with."""
_NOT_TO_CHANGE: Final = frozenset({"code", "handler", "log_group", "role"})


class Functions:
    """Makes the functions of a provider, all with the same code, log group and chosen properties."""

    def __init__(self, scope: Construct, log_group: logs.ILogGroup, function_props: Mapping[str, Any]) -> None:
        self._scope = scope
        self._log_group = log_group
        self._function_props = {name: value for name, value in function_props.items() if value is not None}
        self._code = handler_code()

    def create(
        self,
        id: str,
        handler: str,
        documents: Mapping[str, iam.PolicyDocument],
        environment: Mapping[str, str] | None = None,
    ) -> lambda_.Function:
        """Create a function with a role of its own, which may write its log and what the documents allow."""
        write_logs = permissions.document(
            "WriteLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], self._log_group.log_group_arn
        )
        role = iam.Role(
            self._scope,
            f"{id}Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            inline_policies={**documents, "WriteLogs": write_logs},
            managed_policies=permissions.vpc_policies() if "vpc" in self._function_props else None,
        )
        props = {
            "description": f"{contract.RESOURCE_TYPE}: {handler}",
            "runtime": lambda_.Runtime.PYTHON_3_13,
            "architecture": lambda_.Architecture.ARM_64,
            "code": self._code,
            "handler": f"personalize_import_handler.index.{handler}",
            "memory_size": _MEMORY_MIB,
            "timeout": _TIMEOUT,
            "role": role,
            "log_group": self._log_group,
            **self._function_props,
            "environment": {
                **self._function_props.get("environment", {}),
                Environment.STACK_ID.value: stack_of(self._scope).stack_id,
                **(environment or {}),
            },
        }
        function = lambda_.Function(self._scope, id, **props)
        if "runtime" not in self._function_props:
            suppressions.accept_runtime(function)
        if "tracing" in self._function_props:
            suppressions.accept_traces(function.role)
        return function


def check_function_props(name: str, function_props: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield a problem for each property that functions don't have, or that would keep the handler from working."""
    props = function_props or {}
    allowed = set(inspect.signature(lambda_.Function.__init__).parameters) - {"self", "scope", "id"} - _NOT_TO_CHANGE
    for each in sorted(set(props) - allowed):
        yield violation(name, each, f"properties of aws_lambda.Function but {', '.join(sorted(_NOT_TO_CHANGE))}")
    yield from _check_runtime(f"{name}: runtime", props.get("runtime"))
    yield from _check_timeout(f"{name}: timeout", props.get("timeout"))
    if props.get("reserved_concurrent_executions") == 0:
        allowed_text = "at least 1, for with 0 the functions never run"
        yield violation(f"{name}: reserved_concurrent_executions", 0, allowed_text)


def _check_runtime(name: str, runtime: object) -> Iterator[str]:
    given = runtime.name if isinstance(runtime, lambda_.Runtime) else runtime
    if given is not None and given not in RUNTIMES:
        yield violation(name, given, f"a Runtime of {', '.join(RUNTIMES)}, which the handler is tested with")


def _check_timeout(name: str, timeout: object) -> Iterator[str]:
    allowed = f"a Duration of {_TIMEOUT_SECONDS_MIN} to {_TIMEOUT_SECONDS_MAX} seconds: retries may take two minutes"
    if timeout is not None and not isinstance(timeout, cdk.Duration):
        yield violation(name, timeout, allowed)
    elif timeout:
        seconds = validation.seconds_of(timeout)
        if seconds is not None and not _TIMEOUT_SECONDS_MIN <= seconds <= _TIMEOUT_SECONDS_MAX:
            yield violation(name, seconds, allowed)
