"""Roles of functions and state machines, which ministack doesn't enforce where its services call each other."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Final, NamedTuple

from ministack.core import responses
from ministack.services import lambda_svc, stepfunctions
from ministack.services.cloudformation import provisioners

from personalize_local.ministack.role_policies import action_denial, trusts_service
from personalize_local.personalize.arns import parse_arn

EXECUTION_ROLE: Final[ContextVar[str]] = ContextVar("execution_role")
"""The ARN of the role of the state machine that runs the current task."""


class _RoleOfResource(NamedTuple):
    property_name: str
    service: str
    name_property: str
    arn_type: str
    """The type in the ARN of the resource, `function` or `stateMachine`, which trust policies may require."""
    refusal: str
    """The service's message if it can't assume the role."""
    has_regional_principal: bool = False
    """If True, the trust policy may name the service's principal in the Region, `states.eu-west-1.amazonaws.com`."""


# https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
# https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html, whose trust policy limits
# aws:SourceArn to state machines, as the roles of the CDK do
_CHECKED_AT_CREATION: Final = {
    "AWS::Lambda::Function": _RoleOfResource(
        "Role",
        "lambda.amazonaws.com",
        "FunctionName",
        "function",
        "The role defined for the function cannot be assumed by Lambda.",
    ),
    "AWS::StepFunctions::StateMachine": _RoleOfResource(
        "RoleArn",
        "states.amazonaws.com",
        "StateMachineName",
        "stateMachine",
        "Neither the global service principal nor the regional one is authorized to assume the provided role.",
        has_regional_principal=True,
    ),
}


def enforce_roles() -> None:
    """Require roles that Lambda and Step Functions can assume, and limit functions and state machines to them."""
    for resource_type, role in _CHECKED_AT_CREATION.items():
        handlers = provisioners._RESOURCE_HANDLERS[resource_type]  # noqa: SLF001
        handlers["create"] = _checking_role(handlers["create"], role)
    _invoke_functions_by_role()
    _write_logs_by_role()


def _checking_role(create: Callable[..., Any], role: _RoleOfResource) -> Callable[..., Any]:
    def create_with_role(logical_id: str, props: dict[str, Any], stack_name: str) -> Any:  # noqa: ANN401 - ministack's own
        role_arn = props[role.property_name]
        account, region = parse_arn(role_arn)["account"], responses.get_region()
        # A generated name isn't known yet. A template can only contain its beginning.
        name = props.get(role.name_property) or f"{stack_name}-{logical_id}"
        source = f"arn:aws:{role.service.split('.')[0]}:{region}:{account}:{role.arn_type}:{name}"
        principals = [role.service]
        if role.has_regional_principal:
            principals.append(role.service.replace(".", f".{region}.", 1))
        if not any(trusts_service(role_arn, principal, account, source) for principal in principals):
            raise ValueError(role.refusal)
        return create(logical_id, props, stack_name)

    return create_with_role


def _invoke_functions_by_role() -> None:
    """Fail a state if the state machine's role doesn't allow it to invoke its function, as Step Functions does."""
    execute, invoke = stepfunctions._execute_task, stepfunctions._call_lambda  # noqa: SLF001
    test = stepfunctions._test_state  # noqa: SLF001

    def execute_task(
        state_def: dict[str, Any], raw_input: object, execution: dict[str, Any], ctx: dict[str, Any]
    ) -> Any:  # noqa: ANN401 - ministack's own
        EXECUTION_ROLE.set(stepfunctions._state_machines[execution["stateMachineArn"]]["roleArn"])  # noqa: SLF001
        return execute(state_def, raw_input, execution, ctx)

    def test_state(data: dict[str, Any]) -> Any:  # noqa: ANN401 - ministack's own
        if "roleArn" in data:
            EXECUTION_ROLE.set(data["roleArn"])
        return test(data)

    def call_lambda(func_ref: str, event: object) -> Any:  # noqa: ANN401 - ministack's own
        role_arn = EXECUTION_ROLE.get()
        if denial := action_denial(role_arn, "lambda:InvokeFunction", _function_arn(func_ref, role_arn)):
            raise stepfunctions._ExecutionError("Lambda.AWSLambdaException", denial)  # noqa: SLF001
        return invoke(func_ref, event)

    stepfunctions._execute_task = execute_task  # noqa: SLF001
    stepfunctions._test_state = test_state  # noqa: SLF001
    stepfunctions._call_lambda = call_lambda  # noqa: SLF001


def _function_arn(function: str, role_arn: str) -> str:
    """Return the ARN of a function that is given by its ARN, by `ACCOUNT:function:NAME` or by its name.

    https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
    """
    account = parse_arn(role_arn)["account"]
    partial = function if ":function:" in function else f"{account}:function:{function}"
    return partial if partial.startswith("arn:") else f"arn:aws:lambda:{responses.get_region()}:{partial}"


def _write_logs_by_role() -> None:
    """Write a function's logs only if its role allows it; the function runs either way.

    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
    """
    emit = lambda_svc._emit_lambda_logs  # noqa: SLF001

    def emit_lambda_logs(func: dict[str, Any], *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - ministack's own
        config = func.get("config") or func
        group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{config['FunctionName']}"
        arn = parse_arn(config["FunctionArn"])
        streams = f"arn:{arn['partition']}:logs:{arn['region']}:{arn['account']}:log-group:{group}:log-stream:"
        if not any(
            action_denial(config["Role"], f"logs:{action}", streams) for action in ("CreateLogStream", "PutLogEvents")
        ):
            emit(func, *arguments, **options)

    lambda_svc._emit_lambda_logs = emit_lambda_logs  # noqa: SLF001
