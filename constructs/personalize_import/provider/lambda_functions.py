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
from personalize_import.provider import permissions
from personalize_import.provider.handler_code import handler_code
from personalize_import.synthesis.stack_environment import stack_of
from personalize_import_handler import contract
from personalize_import_handler.contract import Environment
from personalize_import_handler.contract.constraints import violation

_MEMORY_MIB: Final = 256
# Each AWS call times out after seconds; this leaves time for many slow calls.
_TIMEOUT: Final = cdk.Duration.minutes(5)
RUNTIME: Final = lambda_.Runtime.PYTHON_3_13


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
        self._environment = environment or {}
        self._code = handler_code()

    def create(
        self,
        id: str,
        handler: str,
        documents: Mapping[str, iam.PolicyDocument],
        environment: Mapping[str, str] | None = None,
    ) -> lambda_.Function:
        """Create a function with its own role, which may write logs and has the given policy documents."""
        stack_id = {Environment.STACK_ID.value: stack_of(self._scope).stack_id}
        function = lambda_.Function(
            self._scope,
            id,
            description=f"{contract.RESOURCE_TYPE}: {handler}",
            runtime=RUNTIME,
            architecture=lambda_.Architecture.ARM_64,
            code=self._code,
            handler=f"personalize_import_handler.index.{handler}",
            timeout=_TIMEOUT,
            role=self._create_role(f"{id}Role", documents),
            log_group=self._log_group,
            environment={**self._environment, **stack_id, **(environment or {})},
            **self._options,
        )
        suppressions.suppress_runtime(function)
        if self._options["tracing"]:
            suppressions.suppress_traces(function.role)
        return function

    def _create_role(self, id: str, documents: Mapping[str, iam.PolicyDocument]) -> iam.Role:
        log_group_arn = self._log_group.log_group_arn
        write_logs = permissions.document("WriteLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], log_group_arn)
        return iam.Role(
            self._scope,
            id,
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            inline_policies={**documents, "WriteLogs": write_logs},
            managed_policies=permissions.vpc_policies() if self._options["vpc"] else None,
        )


def check_concurrency(name: str, concurrency: object) -> Iterator[str]:
    """Yield a problem if the reserved concurrency is 0."""
    if concurrency == 0:
        yield violation(name, 0, "at least 1: with 0 the functions never run")
