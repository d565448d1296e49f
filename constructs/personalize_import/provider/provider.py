"""The provider: two Lambda functions and a waiter that serve all import jobs of a stack, or of many."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from personalize_import import suppressions
from personalize_import.policies.encryption_keys import key_of
from personalize_import.provider import statements as permissions
from personalize_import.provider.functions import Functions, check_function_props
from personalize_import.provider.imported import ImportedProvider
from personalize_import.provider.role_passing import RolePermissions
from personalize_import.provider.state_machine import allow_listing_executions, create_waiter
from personalize_import.synthesis import validation
from personalize_import.synthesis.environment import once_per_stack
from personalize_import_handler import contract
from personalize_import_handler.contract import Environment, constraints

if TYPE_CHECKING:  # loaded where data is shipped: each module of the CDK costs time
    from personalize_import.provider.staging_bucket import StagingBucket

_ID: Final = "DatasetImportProvider"
_DATA_BUCKET_ID: Final = "Data"
_EVENT_AGE_MAX: Final = cdk.Duration.seconds(contract.SERVICE_TIMEOUT_SECONDS)
_RETRIES: Final = 2


class DatasetImportProvider(Construct):
    """What handles the custom resources: OnEvent takes a request, IsComplete starts the job and looks until it ends.

    Between two looks a state machine waits, which costs nothing. Made once in a stack, on first use; or made by hand,
    and given to jobs of any stack of the account and Region as their `provider`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        import_role_path: str | None = None,
        allow_preflight: bool | None = None,
        publish_state_changes: bool | None = None,
        log_retention: logs.RetentionDays | None = None,
        encryption_key: kms.IKey | None = None,
        permissions_boundary: iam.IManagedPolicy | None = None,
        tracing: bool | None = None,
        function_props: Mapping[str, Any] | None = None,
    ) -> None:
        """Make a provider; one with the id `DatasetImportProvider`, in the stack itself, is that of all its jobs.

        Args:
            scope: The construct that this one is in.
            id: The id within `scope`.
            import_role_path: A path of IAM roles, such as `/personalize/`: all roles below it can be passed to
                Personalize, and no others. The roles that are made for jobs of this provider are below it. Whoever may
                make roles there, and use the provider, can have them read what they may read. Needed where apps of
                their own use the provider. Default: the roles of the jobs that this app gives to the provider.
            allow_preflight: Whether jobs of apps of their own may ask for a look at their data (`preflight`,
                `reimport`): the functions may then take on the import roles that trust them. Jobs of this app see to
                that themselves. Default: False.
            publish_state_changes: Whether jobs of apps of their own may have their states told to EventBridge
                (`on_state_change`, `on_failed`). Jobs of this app see to that themselves. Default: False.
            log_retention: How long the functions' log is kept. Default: a month.
            encryption_key: The KMS key that encrypts the log group. One that this app creates lets CloudWatch Logs use
                it, any other must do so already. Default: CloudWatch Logs' own.
            permissions_boundary: The boundary of the three roles that are created here, and of the import roles of the
                jobs that this provider serves. Default: none, or the one of an aspect.
            tracing: Whether functions and state machine are traced by X-Ray. Default: False.
            function_props: Other properties of both functions, such as `vpc` or `memory_size`, which win over those set
                here. Code, handler, role and log group can't be changed; the runtime is Python 3.11 to 3.13, the
                timeout at least 60 seconds, the reserved concurrency at least 1. Default: none.

        Raises:
            ValidationError: A `ValueError` that names each argument that is wrong, its value and what is allowed.
        """
        super().__init__(scope, id)
        validation.require(
            self,
            [
                *validation.check_optional_text("import_role_path", import_role_path, constraints.IMPORT_ROLE_PATH),
                *validation.check_boolean("allow_preflight", allow_preflight),
                *validation.check_boolean("publish_state_changes", publish_state_changes),
                *validation.check_boolean("tracing", tracing),
                *check_function_props("function_props", function_props),
            ],
        )
        self._import_role_path = import_role_path
        self._roles = RolePermissions(self, import_role_path)
        self._permissions_boundary = permissions_boundary
        if permissions_boundary:
            iam.PermissionsBoundary.of(self).apply(permissions_boundary)
        if encryption_key := key_of("encryption_key", encryption_key):
            encryption_key.add_to_resource_policy(permissions.encrypt_logs_statement(self))
        # Deleted with the stack: a stack that is gone leaves nothing behind.
        self._log_group = logs.LogGroup(
            self,
            "Logs",
            retention=log_retention or logs.RetentionDays.ONE_MONTH,
            encryption_key=encryption_key,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        self._create_functions(function_props or {}, tracing=bool(tracing))
        if allow_preflight:
            self.allow_looking(None, reads_schema=True)
        self._tells_state_changes = False
        if publish_state_changes:
            self.allow_state_change_events()

    def _create_functions(self, function_props: Mapping[str, Any], *, tracing: bool) -> None:
        traced = {"tracing": lambda_.Tracing.ACTIVE} if tracing else {}
        functions = Functions(self, self._log_group, {**traced, **function_props})
        statements = [*permissions.personalize_statements(self), permissions.describe_stacks_statement(self)]
        documents = {"Personalize": iam.PolicyDocument(statements=statements), "PassRoles": self._roles.document}
        self._is_complete = functions.create("IsComplete", "is_complete", documents)
        suppressions.accept_wildcards(self._is_complete.role, statements)
        self._roles.belong_to(self.preflight_role)
        self._state_machine = create_waiter(self, self._is_complete, tracing=tracing)
        see_later_requests = allow_listing_executions(self, self._state_machine, self.preflight_role)
        state_machine_arn = self._state_machine.attr_arn
        self._on_event = functions.create(
            "OnEvent",
            "on_event",
            {"StartExecution": permissions.document("StartExecution", ["states:StartExecution"], state_machine_arn)},
            {Environment.STATE_MACHINE_ARN.value: state_machine_arn},
        )
        # Each resource names OnEvent, so the policy exists before any of them and until the last of them is deleted.
        self._on_event.node.add_dependency(see_later_requests)
        self._service_token = self._on_event.function_arn
        # CloudFormation invokes asynchronously, and Lambda repeats what ends in an error, as when the function dies or
        # can't deliver its answer. Nobody waits for the answer to an event that is older than CloudFormation's hour.
        self._on_event.configure_async_invoke(max_event_age=_EVENT_AGE_MAX, retry_attempts=_RETRIES)

    @staticmethod
    def get_or_create(scope: Construct) -> "DatasetImportProvider":
        """Get the provider of the stack that `scope` is in; make it if there is none yet."""
        return _provider_of(scope)

    @staticmethod
    def from_provider_attributes(
        scope: Construct,
        id: str,
        *,
        service_token: str,
        import_role_path: str,
        preflight_role_arn: str | None = None,
    ) -> ImportedProvider:
        """Use a provider that another app has made in the same account and Region.

        Args:
            scope: The construct that this one is in.
            id: The id within `scope`.
            service_token: The other provider's `service_token`: an ARN, or a token such as
                `ssm.StringParameter.value_for_string_parameter(...)` or `Fn.import_value(...)`.
            import_role_path: The other provider's `import_role_path`; the roles that are made for jobs are below it.
            preflight_role_arn: The ARN of the other provider's `preflight_role`, which jobs with `preflight` or
                `Reimport.when_data_changes` need. The other provider must be created with `allow_preflight`. Default:
                none; such jobs are refused.

        Raises:
            ValidationError: A `ValueError` that names each argument that is wrong, its value and what is allowed.
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
        """The `ServiceToken` of custom resources that this provider handles."""
        return self._service_token

    @property
    def import_role_path(self) -> str | None:
        """The path below which all roles are that can be passed; None where each is allowed by itself."""
        return self._import_role_path

    @property
    def permissions_boundary(self) -> iam.IManagedPolicy | None:
        """The boundary of the provider's roles, and of the import roles of its jobs."""
        return self._permissions_boundary

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
    def staging_bucket(self) -> "StagingBucket":
        """Where data is brought that the app ships; made on first use."""
        from personalize_import.provider.staging_bucket import StagingBucket

        if known := cast("StagingBucket | None", self.node.try_find_child(_DATA_BUCKET_ID)):
            return known
        made = StagingBucket(self, _DATA_BUCKET_ID, service_token=self.service_token, role=self.preflight_role)
        for function in (self._on_event, self._is_complete):
            function.add_environment(Environment.DATA_BUCKET.value, made.bucket.bucket_name)
        return made

    @property
    def preflight_role(self) -> iam.IRole:
        """The role of the function that looks at data; import roles have to trust it for that."""
        return cast("iam.IRole", self._is_complete.role)

    def serve(self, scope: Construct) -> None:
        """Let the import roles be passed that are made for jobs in the stack of `scope`."""
        self._roles.serve(scope)

    def may_name(self, role: iam.IRole, scope: Construct) -> bool:
        """Say whether a role that a job of `scope` was given can be allowed by its ARN, or by its path alone."""
        return self._roles.may_name(role, scope)

    def allow_looking(self, role: iam.IRole | None, *, reads_schema: bool) -> None:
        """Let the functions look at data in the name of a role, or of the import roles that are known by their path."""
        if role:
            self._roles.allow_assuming(role)
        else:
            self._roles.allow_assuming_import_roles()
        if reads_schema:
            self._roles.allow_describing_schemas()

    def allow_passing(self, role: iam.IRole) -> None:
        """Let the functions pass a role that the construct did not make, to Personalize."""
        self._roles.allow_passing(role)

    def allow_state_change_events(self) -> None:
        """Let the functions tell EventBridge of state changes, on the account's default event bus."""
        if not self._tells_state_changes:
            self._tells_state_changes = True
            self._roles.add(permissions.put_events_statement(self))

    @property
    def permissions_on_roles(self) -> iam.Policy | None:
        """What is allowed about roles of this app that were brought; None if there is no such role."""
        return self._roles.policy


@once_per_stack
def _provider_of(stack: cdk.Stack) -> DatasetImportProvider:
    known = cast("DatasetImportProvider | None", stack.node.try_find_child(_ID))
    return known or DatasetImportProvider(stack, _ID)
