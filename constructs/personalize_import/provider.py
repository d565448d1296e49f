"""The provider: two Lambda functions and a waiter that serve all import jobs of a stack."""

import inspect
from collections.abc import Iterator, Mapping
from typing import Any, Final, Self, cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from personalize_import import arguments, findings
from personalize_import import provider_permissions as permissions
from personalize_import.data_bucket import DataBucket
from personalize_import.handler_code import handler_code
from personalize_import.waiter import create_waiter
from personalize_import_handler import contract
from personalize_import_handler.checks import violation
from personalize_import_handler.contract import Environment

_ID: Final = "DatasetImportProvider"
_DATA_BUCKET_ID: Final = "Data"
_ROLES_ID: Final = "Roles"
_MEMORY_MIB: Final = 256
# Calls of the functions give up after seconds; this is for the sum of many that nearly do.
_FUNCTION_TIMEOUT: Final = cdk.Duration.minutes(5)
_EVENT_AGE_MAX: Final = cdk.Duration.seconds(contract.SERVICE_TIMEOUT_SECONDS)
_RETRIES: Final = 2
_NOT_TO_CHANGE: Final = frozenset({"code", "handler", "log_group", "role"})


class DatasetImportProvider(Construct):
    """What handles the custom resources: OnEvent takes a request, IsComplete starts the job and looks until it ends.

    Between two looks a state machine waits, which costs nothing. Made once in a stack, on first use.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        encryption_key: kms.IKey | None = None,
        permissions_boundary: iam.IManagedPolicy | None = None,
        tracing: bool = False,
        function_props: Mapping[str, Any] | None = None,
    ) -> None:
        """Make a provider; one with the id `DatasetImportProvider`, in the stack itself, is that of all its jobs.

        Args:
            scope: The construct that this one is in.
            id: The id within `scope`.
            log_retention: How long the functions' log is kept. Default: a month.
            encryption_key: The KMS key that encrypts the log group. One that this app creates lets CloudWatch Logs use
                it, any other must do so already. Default: CloudWatch Logs' own.
            permissions_boundary: Of the three roles that are made here. Default: none, or that of an aspect.
            tracing: Whether functions and state machine are traced by X-Ray. Default: False.
            function_props: Any other properties of both functions, such as `vpc` or `memory_size`, which win over those
                set here; what the functions run and as whom can't be changed. Default: none.

        Raises:
            InvalidArguments: A `ValueError` that names what is wrong in `function_props`.
        """
        super().__init__(scope, id)
        arguments.require(self, _check_function_props("function_props", function_props))
        traced = {"tracing": lambda_.Tracing.ACTIVE} if tracing else {}
        self._function_props: Mapping[str, Any] = {**traced, **(function_props or {})}
        if permissions_boundary:
            iam.PermissionsBoundary.of(self).apply(permissions_boundary)
        if encryption_key:
            encryption_key.add_to_resource_policy(permissions.encrypt_logs_statement(self))
        # Deleted with the stack: a stack that is gone leaves nothing behind.
        self._log_group = logs.LogGroup(
            self,
            "Logs",
            retention=log_retention,
            encryption_key=encryption_key,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        self._pass_role = iam.PolicyDocument(statements=[permissions.pass_import_roles_statement(self)])
        self._allowed: set[str] = set()
        code = handler_code()
        see_later_requests = iam.PolicyDocument()
        documents = {
            "Personalize": iam.PolicyDocument(statements=permissions.personalize_statements(self)),
            "PassRoles": self._pass_role,
            "SeeLaterRequests": see_later_requests,
        }
        self._is_complete = self._function("IsComplete", "is_complete", code, documents)
        self._state_machine = create_waiter(self, self._is_complete, tracing=tracing)
        see_later_requests.add_statements(permissions.see_later_requests_statement(self._state_machine))
        state_machine_arn = self._state_machine.attr_arn
        self._on_event = self._function(
            "OnEvent",
            "on_event",
            code,
            {"StartWaiting": permissions.document("StartWaiting", ["states:StartExecution"], state_machine_arn)},
            {Environment.STATE_MACHINE_ARN.value: state_machine_arn},
        )
        # CloudFormation invokes asynchronously, and Lambda repeats what ends in an error, as when the function dies or
        # can't deliver its answer. Nobody waits for the answer to an event that is older than CloudFormation's hour.
        self._on_event.configure_async_invoke(max_event_age=_EVENT_AGE_MAX, retry_attempts=_RETRIES)
        findings.accept_wildcards(
            self._is_complete.role, permissions.statements_with_wildcards(self, self._state_machine)
        )

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

    @property
    def data_bucket(self) -> DataBucket:
        """Where data is brought that the app ships; made on first use."""
        known = cast("DataBucket | None", self.node.try_find_child(_DATA_BUCKET_ID))
        role = cast("iam.IRole", self._is_complete.role)
        return known or DataBucket(self, _DATA_BUCKET_ID, service_token=self.service_token, role=role)

    @property
    def looking_role(self) -> iam.IRole:
        """The role of the function that looks at data; import roles have to trust it for that."""
        return cast("iam.IRole", self._is_complete.role)

    def allow_looking(self, role: iam.IRole | None, *, reads_schema: bool) -> None:
        """Let the functions look at data in the name of a role, or of the import roles that the construct makes."""
        statement = permissions.take_on_role_statement(self, role)
        if role:
            self._allow_with(role, statement)
        else:
            self._allow_once(statement)
        if reads_schema:
            self._allow_once(permissions.know_schemas_statement(self))

    def allow_passing(self, role: iam.IRole) -> None:
        """Let the functions pass a role that the construct did not make, to Personalize."""
        self._allow_with(role, permissions.pass_role_statement([role.role_arn]))

    @property
    def permissions_on_roles(self) -> iam.Policy | None:
        """What is allowed about roles of this app that were brought; None if there is no such role."""
        return cast("iam.Policy | None", self.node.try_find_child(_ROLES_ID))

    def _allow_with(self, role: iam.IRole, statement: iam.PolicyStatement) -> None:
        """Allow something about a role that was brought.

        One of this app may trust the function's role, which then can't have the other's ARN in itself.
        """
        if not cdk.Resource.is_owned_resource(role):
            self._pass_role.add_statements(statement)
            return
        policy = self.permissions_on_roles or iam.Policy(self, _ROLES_ID, roles=[self.looking_role])
        policy.add_statements(statement)

    def _allow_once(self, statement: iam.PolicyStatement) -> None:
        if statement.sid and statement.sid not in self._allowed:
            self._allowed.add(statement.sid)
            self._pass_role.add_statements(statement)
            findings.accept_wildcards(self._is_complete.role, [statement])

    def _function(
        self,
        id: str,
        handler: str,
        code: lambda_.Code,
        documents: Mapping[str, iam.PolicyDocument],
        environment: Mapping[str, str] | None = None,
    ) -> lambda_.Function:
        write_logs = permissions.document(
            "WriteLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], self._log_group.log_group_arn
        )
        role = iam.Role(
            self,
            f"{id}Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            inline_policies={**documents, "WriteLogs": write_logs},
            managed_policies=permissions.vpc_policies() if "vpc" in self._function_props else None,
        )
        props = {
            "description": f"{contract.RESOURCE_TYPE}: {handler}",
            "runtime": lambda_.Runtime.PYTHON_3_13,
            "architecture": lambda_.Architecture.ARM_64,
            "code": code,
            "handler": f"personalize_import_handler.index.{handler}",
            "memory_size": _MEMORY_MIB,
            "timeout": _FUNCTION_TIMEOUT,
            "role": role,
            "log_group": self._log_group,
            **self._function_props,
            "environment": {**self._function_props.get("environment", {}), **(environment or {})},
        }
        function = lambda_.Function(self, id, **props)
        if "runtime" not in self._function_props:
            findings.accept_runtime(function)
        if "tracing" in self._function_props:
            findings.accept_traces(function.role)
        return function


def _check_function_props(name: str, function_props: Mapping[str, Any] | None) -> Iterator[str]:
    allowed = set(inspect.signature(lambda_.Function.__init__).parameters) - {"self", "scope", "id"} - _NOT_TO_CHANGE
    for each in sorted(set(function_props or {}) - allowed):
        yield violation(name, each, f"properties of aws_lambda.Function but {', '.join(sorted(_NOT_TO_CHANGE))}")
