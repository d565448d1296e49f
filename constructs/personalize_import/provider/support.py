"""Changes that import jobs make to a provider of this app."""

from collections.abc import Sequence
from typing import Final, cast

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from personalize_import.provider import permissions
from personalize_import.provider.role_passing import RolePermissions
from personalize_import.provider.staging_bucket import StagingBucket
from personalize_import_handler.contract import Environment

_STAGING_BUCKET_ID: Final = "Data"


class ProviderSupport:
    """The `JobSupport` of a provider that this app creates."""

    def __init__(self, provider: Construct, roles: RolePermissions, functions: Sequence[lambda_.Function]) -> None:
        self._provider = provider
        self._roles = roles
        self._on_event, self._is_complete = functions
        self._publishes_state_changes = False

    @property
    def roles_policy(self) -> iam.Policy | None:
        """The policy about roles of this app that the construct did not create; None if there is no such role."""
        return self._roles.policy

    def allow_import_roles_of(self, scope: Construct) -> None:
        """Allow passing the import roles that are created in the stack of `scope`."""
        self._roles.allow_import_roles_of(scope)

    def can_reference_by_arn(self, role: iam.IRole, scope: Construct) -> bool:
        """Return whether a role of a job in `scope` can be allowed by its ARN."""
        return self._roles.can_reference_by_arn(role, scope)

    def allow_passing(self, role: iam.IRole) -> None:
        """Allow passing a role to Personalize."""
        self._roles.allow_passing(role)

    def allow_preflight(self, role: iam.IRole | None, *, reads_schema: bool) -> None:
        """Allow assuming a role, or all import roles if it is None, and reading schemas."""
        if role:
            self._roles.allow_assuming(role)
        else:
            self._roles.allow_assuming_import_roles()
        if reads_schema:
            self._roles.allow_describing_schemas()

    def allow_state_change_events(self) -> None:
        """Allow publishing state change events on the default event bus of the account."""
        if not self._publishes_state_changes:
            self._publishes_state_changes = True
            self._roles.add(permissions.put_events_statement(self._provider))

    def staging_bucket_for(self, scope: Construct) -> StagingBucket:  # noqa: ARG002 - one for all jobs
        """Return the staging bucket, created on first use."""
        existing = self._provider.node.try_find_child(_STAGING_BUCKET_ID)
        if existing:
            return cast("StagingBucket", existing)
        role = cast("iam.IRole", self._is_complete.role)
        service_token = self._on_event.function_arn
        created = StagingBucket(self._provider, _STAGING_BUCKET_ID, service_token=service_token, role=role)
        for function in (self._on_event, self._is_complete):
            function.add_environment(Environment.STAGING_BUCKET.value, created.bucket.bucket_name)
        return created
