"""The two functions of a provider, and the options that users can set."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypedDict

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk.interfaces.aws_kms import IKeyRef
from constructs import Construct

from personalize_import import suppressions
from personalize_import.policies.documents import document
from personalize_import.provider import permissions
from personalize_import.provider.handler_code import handler_code
from personalize_import.synthesis.stack_environment import note_stack_of, stack_of
from personalize_import_handler import contract
from personalize_import_handler.contract import Environment
from personalize_import_handler.contract.constraints import violation
from personalize_import_handler.contract.statements import statement

_MEMORY_MIB: Final = 256
# Each AWS call times out after seconds; this leaves time for many slow calls.
_TIMEOUT: Final = cdk.Duration.minutes(5)
RUNTIME: Final = lambda_.Runtime.PYTHON_3_13
ARCHITECTURE: Final = lambda_.Architecture.ARM_64


class FunctionOptions(TypedDict):
    """The options of `aws_lambda.Function` that users can set, for both functions; None is the default."""

    tracing: lambda_.Tracing | None
    vpc: ec2.IVpc | None
    vpc_subnets: ec2.SubnetSelection | None
    security_groups: Sequence[ec2.ISecurityGroup] | None
    memory_size: int | None
    environment_encryption: IKeyRef | None
    reserved_concurrent_executions: int | None
    dead_letter_queue: "cdk.aws_sqs.IQueue | None"


class FunctionFactory:
    """A factory of functions with the same code, log group and options."""

    def __init__(
        self,
        scope: Construct,
        log_group: logs.ILogGroup,
        options: FunctionOptions,
        environment: Mapping[str, str] | None,
    ) -> None:
        self._scope = scope
        self._log_group = log_group
        self._options: FunctionOptions = {**options, "memory_size": options["memory_size"] or _MEMORY_MIB}
        self._environment = {**(environment or {}), Environment.STACK_ID.value: stack_of(scope).stack_id}
        self._code = handler_code()
        self._write_logs = statement(
            ["logs:CreateLogStream", "logs:PutLogEvents"], log_group.log_group_arn, sid="WriteLogs"
        )

    def create(
        self, id: str, handler: str, role: iam.Role, environment: Mapping[str, str] | None = None
    ) -> lambda_.Function:
        """Create a function with a role of `create_role`."""
        function = lambda_.Function(
            self._scope,
            id,
            description=f"{contract.RESOURCE_TYPE}: {handler}",
            runtime=RUNTIME,
            architecture=ARCHITECTURE,
            code=self._code,
            handler=f"personalize_import_handler.index.{handler}",
            timeout=_TIMEOUT,
            role=role,
            log_group=self._log_group,
            environment={**self._environment, **(environment or {})},
            **self._options,
        )
        suppressions.suppress_runtime(function)
        if self._options["tracing"]:
            suppressions.suppress_traces(role)
        return function

    def create_role(self, id: str, documents: Mapping[str, iam.PolicyDocument]) -> iam.Role:
        """Create a role for a function, which may write logs and has the given policy documents."""
        role = iam.Role(
            self._scope,
            id,
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            inline_policies={**documents, "WriteLogs": document(self._write_logs)},
            managed_policies=permissions.vpc_policies() if self._options["vpc"] else None,
        )
        note_stack_of(role, self._scope)
        return role


def check_concurrency(name: str, concurrency: object) -> Iterator[str]:
    """Yield a problem if the reserved concurrency is 0."""
    if concurrency == 0:
        yield violation(name, 0, "at least 1: with 0 the functions never run")
