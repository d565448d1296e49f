"""Roles in ministack: those that Personalize assumes, and those that it has Lambda and Step Functions work with.

ministack enforces policies where a request comes in; where a service of its
own does something in the name of a role, it doesn't ask. What these tests depend on is asked for here.
"""

import json
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Final

from ministack.core import iam_actions, iam_evaluator
from ministack.services import iam, lambda_svc, s3, stepfunctions
from ministack.services.cloudformation import provisioners

from personalize_local.ministack.sessions import start_session
from personalize_local.personalize.interfaces import AccessToDataDenied, ImportRole, RoleNotAssumable
from personalize_local.personalize.role_session import SessionReader

_PRINCIPAL: Final = "personalize.amazonaws.com"
_SESSION_SECONDS: Final = 3600
# Roles are tried when they are given to a resource: its type, the property, the service, and what the service answers.
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
# https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html
_TRIED_WHEN_GIVEN: Final = (
    (
        *("AWS::Lambda::Function", "Role", "lambda.amazonaws.com"),
        "The role defined for the function cannot be assumed by Lambda.",
    ),
    (
        *("AWS::StepFunctions::StateMachine", "RoleArn", "states.amazonaws.com"),
        "Neither the global service principal nor the regional one is authorized to assume the provided role.",
    ),
)


class ImportRoles:
    """Assumes import roles as the service principal of Personalize."""

    def __init__(self, endpoint_url: str) -> None:
        self._endpoint_url = endpoint_url

    def assume(self, role_arn: str, source_account: str, source_arn: str) -> ImportRole:
        """Evaluate the role's trust policy, conditions included; raise `RoleNotAssumable`."""
        if not _trusts(role_arn, _PRINCIPAL, source_account, source_arn):
            raise RoleNotAssumable(role_arn)
        credentials = start_session(role_arn, "Personalize", _SESSION_SECONDS)
        region = source_arn.split(":")[3]
        return SessionReader(
            endpoint_url=self._endpoint_url,
            region=region,
            access_key_id=credentials["AWS_ACCESS_KEY_ID"],
            secret_access_key=credentials["AWS_SECRET_ACCESS_KEY"],
            session_token=credentials["AWS_SESSION_TOKEN"],
            require_bucket_policy=lambda bucket, key: _require_bucket_policy(bucket, key, source_account, region),
        )


def use_roles_as_aws_does() -> None:
    """Let functions and state machines do no more than their roles allow, and let the services assume these first."""
    for resource_type, property_name, service, refusal in _TRIED_WHEN_GIVEN:
        handlers = provisioners._RESOURCE_HANDLERS[resource_type]  # noqa: SLF001
        handlers["create"] = _trying_role(handlers["create"], property_name, service, refusal)
    _invoke_functions_by_role()
    _write_logs_by_role()


def _trying_role(create: Callable[..., Any], property_name: str, service: str, refusal: str) -> Callable[..., Any]:
    def create_with_role(logical_id: str, props: dict[str, Any], stack_name: str) -> Any:  # noqa: ANN401 - ministack's own
        role_arn = props[property_name]
        account = role_arn.split(":")[4]
        if not _trusts(role_arn, service, account, f"arn:aws:cloudformation:::{stack_name}"):
            raise ValueError(refusal)
        return create(logical_id, props, stack_name)

    return create_with_role


def _invoke_functions_by_role() -> None:
    """Let a state machine invoke only what its role may, as Step Functions does; the state fails otherwise."""
    execute, invoke = stepfunctions._execute_task, stepfunctions._call_lambda  # noqa: SLF001
    role: ContextVar[str] = ContextVar("role_of_the_execution_in_hand")

    def execute_task(
        state_def: dict[str, Any], raw_input: object, execution: dict[str, Any], ctx: dict[str, Any]
    ) -> Any:  # noqa: ANN401 - ministack's own
        role.set(stepfunctions._state_machines[execution["stateMachineArn"]]["roleArn"])  # noqa: SLF001
        return execute(state_def, raw_input, execution, ctx)

    def call_lambda(func_ref: str, event: object) -> Any:  # noqa: ANN401 - ministack's own
        if denial := _denial(role.get(), "lambda:InvokeFunction", func_ref):
            raise stepfunctions._ExecutionError("Lambda.AWSLambdaException", denial)  # noqa: SLF001
        return invoke(func_ref, event)

    stepfunctions._execute_task = execute_task  # noqa: SLF001
    stepfunctions._call_lambda = call_lambda  # noqa: SLF001


def _write_logs_by_role() -> None:
    """Let functions log only where their roles may; without that they run, and nobody reads what they say.

    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
    """
    emit = lambda_svc._emit_lambda_logs  # noqa: SLF001

    def emit_lambda_logs(func: dict[str, Any], *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - ministack's own
        config = func.get("config") or func
        group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{config['FunctionName']}"
        _, partition, _, region, account, *_ = config["FunctionArn"].split(":")
        streams = f"arn:{partition}:logs:{region}:{account}:log-group:{group}:log-stream:"
        if not any(
            _denial(config["Role"], f"logs:{action}", streams) for action in ("CreateLogStream", "PutLogEvents")
        ):
            emit(func, *arguments, **options)

    lambda_svc._emit_lambda_logs = emit_lambda_logs  # noqa: SLF001


def _denial(role_arn: str, action: str, resource: str) -> str | None:
    """Return None if the role's policies allow an action, else IAM's text."""
    account, name = role_arn.split(":")[4], role_arn.rsplit("/", 1)[-1]
    context = iam_evaluator.EvalContext(
        principal_arn=f"arn:aws:sts::{account}:assumed-role/{name}/session",
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource,
        region=resource.split(":")[3],
        secure_transport=True,
    )
    policies = iam_evaluator._gather_role_policies(name, account)  # noqa: SLF001
    limits = iam_evaluator._permissions_boundary(iam._roles, name, account)  # noqa: SLF001
    decision = iam_evaluator.evaluate(context, policies, *limits).decision
    if decision == "Allow":
        return None
    return str(iam_actions.identity_denial_message(action, context.principal_arn, resource, decision == "Deny"))


def _trusts(role_arn: str, service: str, source_account: str, source_arn: str) -> bool:
    """Evaluate a role's trust policy for a service principal, conditions included; False if there is no such role."""
    role = iam._roles.get_scoped(source_account, None, role_arn.rsplit("/", 1)[-1])  # noqa: SLF001
    if role is None or role.get("Arn") != role_arn:
        return False
    document = role.get("AssumeRolePolicyDocument") or "{}"
    document = json.loads(document) if isinstance(document, str) else document
    # Trust policies name no resource, but the evaluation of resource policies wants one.
    statements = [{**statement, "Resource": "*"} for statement in _as_list(document.get("Statement", []))]
    context = _service_context(service, "sts:AssumeRole", role_arn, source_account, source_arn)
    return _allows({"Statement": statements}, context)


def _require_bucket_policy(bucket: str, key: str | None, account: str, region: str) -> None:
    """Require what the service's guide demands beside the role: a bucket policy for the service principal.

    https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html
    """
    resource = f"arn:aws:s3:::{bucket}" if key is None else f"arn:aws:s3:::{bucket}/{key}"
    policy, _owner = s3.bucket_policy_for_arn(resource) or ("", account)
    action = "s3:ListBucket" if key is None else "s3:GetObject"
    source_arn = f"arn:aws:personalize:{region}:{account}:dataset-import-job/any"
    if not policy or not _allows(policy, _service_context(_PRINCIPAL, action, resource, account, source_arn)):
        raise AccessToDataDenied(bucket)


def _service_context(service: str, action: str, resource: str, source_account: str, source_arn: str) -> Any:  # noqa: ANN401
    return iam_evaluator.EvalContext(
        principal_arn=service,
        principal_type="Service",
        principal_account=source_account,
        action=action,
        resource_arn=resource,
        region=source_arn.split(":")[3],
        secure_transport=True,
        service_context={"aws:sourceaccount": source_account, "aws:sourcearn": source_arn},
    )


def _allows(policy: object, context: Any) -> bool:  # noqa: ANN401 - ministack's own, untyped
    service = context.principal_arn
    return bool(iam_evaluator.evaluate_resource_policy(policy, context, service=service).decision == "Allow")


def _as_list(value: object) -> list[dict[str, Any]]:
    return value if isinstance(value, list) else [value]  # type: ignore[list-item]
