"""The provider: two Lambda functions and a state machine that handle all import jobs of a stack, or of many."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk.interfaces.aws_kms import IKeyRef
from constructs import Construct

from personalize_import import suppressions
from personalize_import.policies.documents import document
from personalize_import.policies.encryption_keys import key_of
from personalize_import.provider import permissions
from personalize_import.provider.imported import ImportedProvider
from personalize_import.provider.interface import IDatasetImportProvider
from personalize_import.provider.lambda_functions import FunctionFactory, FunctionOptions, check_concurrency
from personalize_import.provider.role_passing import RolePermissions
from personalize_import.provider.state_change_rules import StateChangeSource, create_rule_of_provider
from personalize_import.provider.support import ProviderSupport
from personalize_import.provider.waiter import allow_listing_executions, create_state_machine
from personalize_import.synthesis import validation
from personalize_import.synthesis.at_synthesis import attach_tasks_to
from personalize_import.synthesis.property_injection import property_injectable
from personalize_import.synthesis.stack_environment import stack_of
from personalize_import.synthesis.validation import ValidationError
from personalize_import_handler import contract
from personalize_import_handler.contract import Environment, constraints
from personalize_import_handler.contract.statements import statement

_ID: Final = "DatasetImportProvider"
_EVENT_AGE_MAX: Final = cdk.Duration.seconds(contract.SERVICE_TIMEOUT_SECONDS)
_RETRIES: Final = 2
_DEFAULTS: Final[WeakKeyDictionary[cdk.Stack, IDatasetImportProvider]] = WeakKeyDictionary()


@property_injectable
class DatasetImportProvider(StateChangeSource, Construct):
    """The provider of import jobs: OnEvent handles the requests of CloudFormation, and IsComplete polls the jobs.

    A state machine waits between two polls. Each stack has one provider, which is created on first use. To choose its
    options, create one yourself: pass it to jobs as `provider`, in any stack of the account and Region, or make it the
    default of a stack with `set_default`.
    """

    PROPERTY_INJECTION_ID: Final = "cdk-personalize-import.DatasetImportProvider"
    """The id of this class for `PropertyInjectors`."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        import_role_path: str | None = None,
        allow_preflight: bool | None = None,
        publish_state_changes: bool | None = None,
        log_retention: logs.RetentionDays | None = None,
        encryption_key: IKeyRef | None = None,
        permissions_boundary: iam.IManagedPolicy | None = None,
        tracing: bool | None = None,
        vpc: ec2.IVpc | None = None,
        vpc_subnets: ec2.SubnetSelection | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] | None = None,
        memory_size: int | None = None,
        environment: Mapping[str, str] | None = None,
        environment_encryption: IKeyRef | None = None,
        reserved_concurrent_executions: int | None = None,
        dead_letter_queue: "cdk.aws_sqs.IQueue | None" = None,
    ) -> None:
        """Create a provider.

        Args:
            scope: The construct that contains this one.
            id: The id within `scope`. A provider with the id `DatasetImportProvider` directly in a stack is the default
                of that stack.
            import_role_path: A path of IAM roles such as `/personalize/`. All roles under it can be passed to
                Personalize, and no others; import roles of jobs are created under it. Jobs in other apps need it.
                Anyone who can create roles under the path and use the provider can import the data that these roles can
                read. Default: none; the roles of this app's jobs are allowed individually.
            allow_preflight: Allow `preflight`, `Reimport.when_data_changes` and refreshes for jobs in other apps: the
                functions may assume the import roles that trust them. Jobs in this app don't need it. Default: False.
            publish_state_changes: Allow `on_state_change` and `on_failed` for jobs in other apps. Jobs in this app
                don't need it. Default: False.
            log_retention: The retention of the functions' log group. Default: a month.
            encryption_key: The KMS key that encrypts the log group. CloudWatch Logs is allowed to use a key that this
                app creates; any other key must allow it already. Default: the key of CloudWatch Logs.
            permissions_boundary: The permissions boundary of the provider's three roles, and of the import roles of
                its jobs. Default: none, unless an Aspect sets one.
            tracing: Trace the functions and the state machine with X-Ray. Default: False.
            vpc: The VPC of both functions. It needs access to Personalize, Step Functions, CloudFormation and S3.
                Default: none.
            vpc_subnets: The subnets of the functions in `vpc`. Default: the private ones.
            security_groups: The security groups of the functions in `vpc`. Default: a new one.
            memory_size: The memory of each function, in MiB. Default: 256.
            environment: Environment variables of both functions. Default: none.
            environment_encryption: The KMS key that encrypts the environment variables. Default: the key of Lambda.
            reserved_concurrent_executions: The reserved concurrency of each function, at least 1. Default: none.
            dead_letter_queue: The queue for asynchronous invocations that failed. Default: none.

        Raises:
            ValidationError: A `ValueError` that names each invalid argument, its value and what is allowed.
        """
        super().__init__(scope, id)
        validation.require(
            self,
            validation.check_optional_text("import_role_path", import_role_path, constraints.IMPORT_ROLE_PATH),
            validation.check_boolean("allow_preflight", allow_preflight),
            validation.check_boolean("publish_state_changes", publish_state_changes),
            validation.check_boolean("tracing", tracing),
            check_concurrency("reserved_concurrent_executions", reserved_concurrent_executions),
        )
        self._import_role_path = import_role_path
        self._permissions_boundary = permissions_boundary
        if permissions_boundary:
            iam.PermissionsBoundary.of(self).apply(permissions_boundary)
        self._log_group = self._create_log_group(log_retention, encryption_key)
        options: FunctionOptions = {
            "tracing": lambda_.Tracing.ACTIVE if tracing else None,
            "vpc": vpc,
            "vpc_subnets": vpc_subnets,
            "security_groups": security_groups,
            "memory_size": memory_size,
            "environment_encryption": environment_encryption,
            "reserved_concurrent_executions": reserved_concurrent_executions,
            "dead_letter_queue": dead_letter_queue,
        }
        roles = RolePermissions(self, import_role_path)
        self._create_functions(
            roles, FunctionFactory(self, self._log_group, options, environment), tracing=bool(tracing)
        )
        self._support = ProviderSupport(self, roles, (self._on_event, self._is_complete))
        if allow_preflight:
            self._support.allow_preflight(None, reads_schema=True)
        if publish_state_changes:
            self._support.allow_state_change_events()

    def _create_log_group(self, retention: logs.RetentionDays | None, encryption_key: IKeyRef | None) -> logs.LogGroup:
        key = key_of("encryption_key", encryption_key)
        if key:
            key.add_to_resource_policy(permissions.encrypt_logs_statement(self))
        return logs.LogGroup(
            self,
            "Logs",
            retention=retention or logs.RetentionDays.ONE_MONTH,
            encryption_key=key,
            removal_policy=cdk.RemovalPolicy.DESTROY,  # a deleted stack leaves nothing behind
        )

    def _create_functions(self, roles: RolePermissions, functions: FunctionFactory, *, tracing: bool) -> None:
        statements = [*permissions.personalize_statements(self), permissions.describe_stacks_statement(self)]
        documents = {"Personalize": document(*statements), "PassRoles": roles.document}
        self._preflight_role = functions.create_role("IsCompleteRole", documents)
        suppressions.suppress_wildcards(self._preflight_role, [*statements, roles.import_roles_statement])
        roles.attach_to(self._preflight_role)
        self._is_complete = functions.create("IsComplete", "is_complete", self._preflight_role)
        self._state_machine = create_state_machine(self, self._is_complete, tracing=tracing)
        attach_tasks_to(self, self._state_machine)
        state_machine_arn = self._state_machine.attr_arn
        list_executions = allow_listing_executions(self, state_machine_arn, self._preflight_role)
        start = statement("states:StartExecution", state_machine_arn, sid="StartExecution")
        self._on_event = functions.create(
            "OnEvent",
            "on_event",
            functions.create_role("OnEventRole", {"StartExecution": document(start)}),
            {Environment.STATE_MACHINE_ARN.value: state_machine_arn},
        )
        # Each resource names OnEvent, so the policy exists before any of them and until the last of them is deleted.
        self._on_event.node.add_dependency(list_executions)
        if self._import_role_path:
            self._is_complete.add_environment(Environment.IMPORT_ROLE_PATH.value, self._import_role_path)
        self._service_token = self._on_event.function_arn
        # CloudFormation invokes asynchronously. Lambda retries an invocation that fails, for example if the function
        # can't deliver its response. CloudFormation doesn't wait for events that are older than an hour.
        self._on_event.configure_async_invoke(max_event_age=_EVENT_AGE_MAX, retry_attempts=_RETRIES)

    @staticmethod
    def get_or_create(scope: Construct) -> "DatasetImportProvider":
        """Return the provider that the stack of `scope` has created, or create it."""
        stack = stack_of(scope)
        existing = cast("DatasetImportProvider | None", stack.node.try_find_child(_ID))
        return existing or DatasetImportProvider(stack, _ID)

    @staticmethod
    def set_default(scope: Construct, provider: IDatasetImportProvider) -> None:
        """Set the provider of all jobs in the stack of `scope` that are created afterwards without a `provider`.

        Args:
            scope: The stack, or any construct in it. A nested stack has its own default.
            provider: The provider, of this or another stack, or imported.

        Raises:
            ValidationError: The stack has another default provider.
        """
        stack = stack_of(scope)
        existing = _DEFAULTS.get(stack) or cast("Construct | None", stack.node.try_find_child(_ID))
        if existing and existing is not provider:
            raise ValidationError(
                f"{stack.node.path}: the stack has the default provider {existing.node.path}; call set_default before "
                "the first job of the stack is created, and only once"
            )
        _DEFAULTS[stack] = provider

    @staticmethod
    def from_provider_attributes(
        scope: Construct,
        id: str,
        *,
        service_token: str,
        import_role_path: str,
        preflight_role_arn: str | None = None,
    ) -> IDatasetImportProvider:
        """Import a provider that another app has created in the same account and Region.

        Args:
            scope: The construct that contains this one.
            id: The id within `scope`.
            service_token: The `service_token` of the other provider: an ARN, or a token such as
                `ssm.StringParameter.value_for_string_parameter(...)` or `Fn.import_value(...)`.
            import_role_path: The `import_role_path` of the other provider; import roles of jobs are created under it.
            preflight_role_arn: The ARN of the other provider's `preflight_role`, which jobs with `preflight` or
                `Reimport.when_data_changes` need, and refreshes that compare files. The other provider must be created
                with `allow_preflight`. Default: none; such jobs and refreshes are refused.

        Raises:
            ValidationError: A `ValueError` that names each invalid argument, its value and what is allowed.
        """
        return ImportedProvider(
            scope,
            id,
            service_token=service_token,
            import_role_path=import_role_path,
            preflight_role_arn=preflight_role_arn,
        )

    @property
    def service_token(self) -> str:
        """The `ServiceToken` of the custom resources that this provider handles."""
        return self._service_token

    @property
    def import_role_path(self) -> str | None:
        """The path of all roles that can be passed; None if each role is allowed individually."""
        return self._import_role_path

    @property
    def permissions_boundary(self) -> iam.IManagedPolicy | None:
        """The permissions boundary of the provider's roles, and of the import roles of its jobs."""
        return self._permissions_boundary

    @property
    def on_event(self) -> lambda_.IFunction:
        """The function that CloudFormation invokes."""
        return self._on_event

    @property
    def is_complete(self) -> lambda_.IFunction:
        """The function that the state machine invokes."""
        return self._is_complete

    @property
    def state_machine(self) -> sfn.IStateMachine:
        """The state machine that waits between two polls."""
        existing = cast("sfn.IStateMachine | None", self.node.try_find_child("Imported"))
        return existing or sfn.StateMachine.from_state_machine_arn(self, "Imported", self._state_machine.attr_arn)

    @property
    def log_group(self) -> logs.ILogGroup:
        """The log group of both functions."""
        return self._log_group

    @property
    def staging_bucket(self) -> "cdk.aws_s3.IBucket":
        """The bucket that asset files are copied to; created on first use."""
        return self._support.staging_bucket_for(self).bucket

    @property
    def preflight_role(self) -> iam.IRole:
        """The role of the function that runs preflight; import roles must trust it."""
        return self._preflight_role

    def _create_rule(
        self, id: str, statuses: Sequence[str] | None, options: Mapping[str, Any]
    ) -> "cdk.aws_events.Rule":
        self._support.allow_state_change_events()
        return create_rule_of_provider(self, id, (self._on_event, self._is_complete), statuses, options)


def default_provider_of(scope: Construct) -> IDatasetImportProvider:
    """Return the default provider of the stack of `scope`."""
    stack = stack_of(scope)
    if stack not in _DEFAULTS:
        _DEFAULTS[stack] = DatasetImportProvider.get_or_create(scope)
    return _DEFAULTS[stack]
