"""The interface of providers: those that this app creates, and those that it imports from another app."""

from typing import Protocol, TypeGuard

from aws_cdk import aws_iam as iam
from constructs import Construct, Node

from personalize_import.provider.staging_bucket import StagingBucket


class JobSupport(Protocol):
    """Changes that import jobs make to their provider. Only this library calls these methods."""

    @property
    def roles_policy(self) -> iam.Policy | None:
        """The policy about roles that the construct did not create; None if there is no such role."""

    def allow_import_roles_of(self, scope: Construct) -> None:
        """Allow passing the import roles that are created in the stack of `scope`."""

    def can_reference_by_arn(self, role: iam.IRole, scope: Construct) -> bool:
        """Return whether a statement of the provider can reference a role of a job in `scope` by its ARN."""

    def allow_passing(self, role: iam.IRole) -> None:
        """Allow passing a role to Personalize."""

    def allow_preflight(self, role: iam.IRole | None, *, reads_schema: bool) -> None:
        """Allow assuming a role, or all import roles if it is None, and reading schemas."""

    def allow_state_change_events(self) -> None:
        """Allow publishing state change events."""

    def staging_bucket_for(self, scope: Construct) -> StagingBucket:
        """Return the staging bucket for a job; raise `ValidationError` if the provider has none."""


class IDatasetImportProvider(Protocol):
    """A provider: a `DatasetImportProvider`, or one that is imported with `from_provider_attributes`."""

    @property
    def node(self) -> Node:
        """The construct's node."""

    @property
    def service_token(self) -> str:
        """The `ServiceToken` of the custom resources that the provider handles."""

    @property
    def import_role_path(self) -> str | None:
        """The path of all roles that can be passed; None if each role is allowed individually."""

    @property
    def permissions_boundary(self) -> iam.IManagedPolicy | None:
        """The permissions boundary of the import roles that are created for this provider."""

    @property
    def preflight_role(self) -> iam.IRole | None:
        """The role that runs preflight; import roles must trust it. None if preflight isn't allowed."""

    @property
    def _support(self) -> JobSupport: ...


def support_of(provider: IDatasetImportProvider) -> JobSupport:
    """Return the methods with which import jobs change their provider."""
    return provider._support  # noqa: SLF001 - for this library only, not for its users


def is_provider(value: object) -> TypeGuard[IDatasetImportProvider]:
    """Return whether a value is a provider."""
    return hasattr(value, "service_token") and hasattr(value, "_support")
