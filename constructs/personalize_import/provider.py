"""The provider: two Lambda functions and a waiter that serve all import jobs of a stack."""

from collections.abc import Mapping
from typing import Final, Self, cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from personalize_import import provider_permissions as permissions
from personalize_import.handler_code import handler_code
from personalize_import_handler import contract
from personalize_import_handler.contract import Environment

_ID: Final = "DatasetImportProvider"
_MEMORY_MIB: Final = 256
# Calls of the functions give up after seconds; this is for the sum of many that nearly do.
_FUNCTION_TIMEOUT: Final = cdk.Duration.minutes(5)
_EVENT_AGE_MAX: Final = cdk.Duration.seconds(contract.SERVICE_TIMEOUT_SECONDS)
_RETRIES: Final = 2
_RECOVER_SECONDS: Final = 15


class DatasetImportProvider(Construct):
    """What handles the custom resources: OnEvent takes a request, IsComplete starts the job and looks until it ends.

    Between two looks a state machine waits, which costs nothing. Made once in a stack, on first use.
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        # Deleted with the stack: a stack that is gone leaves nothing behind.
        self._log_group = logs.LogGroup(
            self, "Logs", retention=logs.RetentionDays.ONE_MONTH, removal_policy=cdk.RemovalPolicy.DESTROY
        )
        self._pass_role = iam.PolicyDocument(statements=[permissions.pass_import_roles_statement(self)])
        code = handler_code()
        see_later_requests = iam.PolicyDocument()
        documents = {
            "Personalize": iam.PolicyDocument(statements=permissions.personalize_statements(self)),
            "PassRoles": self._pass_role,
            "SeeLaterRequests": see_later_requests,
        }
        self._is_complete = self._function("IsComplete", "is_complete", code, documents)
        self._state_machine = self._waiter()
        see_later_requests.add_statements(permissions.see_later_requests_statement(self._state_machine))
        state_machine_arn = self._state_machine.attr_arn
        self._on_event = self._function(
            "OnEvent",
            "on_event",
            code,
            {"StartWaiting": _document("StartWaiting", ["states:StartExecution"], state_machine_arn)},
            {Environment.STATE_MACHINE_ARN.value: state_machine_arn},
        )
        # CloudFormation invokes asynchronously, and Lambda repeats what ends in an error, as when the function dies or
        # can't deliver its answer. Nobody waits for the answer to an event that is older than CloudFormation's hour.
        self._on_event.configure_async_invoke(max_event_age=_EVENT_AGE_MAX, retry_attempts=_RETRIES)

    @classmethod
    def of(cls, scope: Construct) -> Self:
        """Get the provider of the stack that `scope` is in; make it if there is none yet."""
        stack = cdk.Stack.of(scope)
        return cast("Self", stack.node.try_find_child(_ID)) or cls(stack, _ID)

    @property
    def service_token(self) -> str:
        """The `ServiceToken` of custom resources that this provider handles."""
        return self._on_event.function_arn

    @property
    def on_event(self) -> lambda_.IFunction:
        """The function that CloudFormation invokes."""
        return self._on_event

    @property
    def is_complete(self) -> lambda_.IFunction:
        """The function that the waiter invokes."""
        return self._is_complete

    @property
    def state_machine(self) -> sfn.IStateMachine:
        """The waiter."""
        known = cast("sfn.IStateMachine | None", self.node.try_find_child("Imported"))
        return known or sfn.StateMachine.from_state_machine_arn(self, "Imported", self._state_machine.attr_arn)

    @property
    def log_group(self) -> logs.ILogGroup:
        """The log group of both functions."""
        return self._log_group

    def allow_passing(self, role: iam.IRole) -> None:
        """Let the functions pass a role that the construct did not make, to Personalize."""
        self._pass_role.add_statements(permissions.pass_role_statement([role.role_arn]))

    def _function(
        self,
        id: str,
        handler: str,
        code: lambda_.Code,
        documents: Mapping[str, iam.PolicyDocument],
        environment: Mapping[str, str] | None = None,
    ) -> lambda_.Function:
        write_logs = _document(
            "WriteLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], self._log_group.log_group_arn
        )
        role = iam.Role(
            self,
            f"{id}Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            inline_policies={**documents, "WriteLogs": write_logs},
        )
        return lambda_.Function(
            self,
            id,
            description=f"{contract.RESOURCE_TYPE}: {handler}",
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            code=code,
            handler=f"personalize_import_handler.index.{handler}",
            memory_size=_MEMORY_MIB,
            timeout=_FUNCTION_TIMEOUT,
            role=role,
            log_group=self._log_group,
            environment=environment,
        )

    def _waiter(self) -> sfn.CfnStateMachine:
        role = iam.Role(
            self,
            "WaiterRole",
            assumed_by=iam.ServicePrincipal("states.amazonaws.com"),
            inline_policies={
                "Poll": _document("InvokeIsComplete", ["lambda:InvokeFunction"], self._is_complete.function_arn)
            },
        )
        definition = cdk.Stack.of(self).to_json_string(waiter_definition(self._is_complete.function_arn))
        return sfn.CfnStateMachine(self, "Waiter", role_arn=role.role_arn, definition_string=definition)


def waiter_definition(is_complete_arn: str) -> dict[str, object]:
    """Write the state machine: wait as long as the last look said, look, and again until IsComplete says so.

    A look that fails, for whatever reason, is repeated after a while: its function may have been killed, throttled or
    timed out. The while is not what the last look said, for that may have been nothing, and a history has its limits.
    """
    return {
        "Comment": "Waits for a dataset import job, and for the answer to CloudFormation",
        "StartAt": "Wait",
        "TimeoutSeconds": contract.SERVICE_TIMEOUT_SECONDS,
        "States": {
            "Wait": {"Type": "Wait", "SecondsPath": "$.WaitSeconds", "Next": "Look"},
            "Look": {
                "Type": "Task",
                "Resource": is_complete_arn,
                "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.LastError", "Next": "Recover"}],
                "Next": "Answered?",
            },
            "Recover": {"Type": "Wait", "Seconds": _RECOVER_SECONDS, "Next": "Look"},
            "Answered?": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.IsComplete", "BooleanEquals": True, "Next": "Done"}],
                "Default": "Wait",
            },
            "Done": {"Type": "Succeed"},
        },
    }


def _document(sid: str, actions: list[str], resource: str) -> iam.PolicyDocument:
    return iam.PolicyDocument(statements=[iam.PolicyStatement(sid=sid, actions=actions, resources=[resource])])
