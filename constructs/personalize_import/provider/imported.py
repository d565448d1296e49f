"""A provider that another app has made, and that this one may use but not change."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from personalize_import.synthesis import validation
from personalize_import.synthesis.environment_checks import check_arn_of_provider
from personalize_import.synthesis.validation import check_optional_text, check_text
from personalize_import.synthesis.warnings import WARNING_ID_PREFIX
from personalize_import_handler.contract import constraints


class ImportedProvider(Construct):
    """What `DatasetImportProvider.from_provider_attributes` gives; it is given to jobs as their `provider`."""

    def __init__(
        self, scope: Construct, id: str, *, service_token: str, import_role_path: str, preflight_role_arn: str | None
    ) -> None:
        super().__init__(scope, id)
        validation.require(
            self,
            [
                *check_text("service_token", service_token, constraints.SERVICE_TOKEN),
                *check_arn_of_provider("service_token", service_token, self),
                *check_text("import_role_path", import_role_path, constraints.IMPORT_ROLE_PATH),
                *check_optional_text("preflight_role_arn", preflight_role_arn, constraints.ROLE_ARN),
                *check_arn_of_provider("preflight_role_arn", preflight_role_arn, self),
            ],
        )
        self._service_token = service_token
        self._import_role_path = import_role_path
        self._looking_role = (
            iam.Role.from_role_arn(self, "PreflightRole", preflight_role_arn, mutable=False)
            if preflight_role_arn
            else None
        )

    @property
    def service_token(self) -> str:
        """The `ServiceToken` of custom resources that the provider handles."""
        return self._service_token

    @property
    def import_role_path(self) -> str:
        """The path below which all roles are that can be passed."""
        return self._import_role_path

    @property
    def preflight_role(self) -> iam.IRole | None:
        """The role of the function that looks at data, where it may."""
        return self._looking_role

    @property
    def permissions_boundary(self) -> None:
        """None: the other app may have one, which this app doesn't know."""
        return

    @property
    def permissions_on_roles(self) -> None:
        """Nothing: what it may do about roles is decided where it is made."""
        return

    def serve(self, scope: Construct) -> None:
        """Do nothing: it may pass the roles below its path."""

    def may_name(self, role: iam.IRole, scope: Construct) -> bool:  # noqa: ARG002 - whatever they are
        """Say that no role can be allowed by its ARN."""
        return False

    def allow_passing(self, role: iam.IRole) -> None:
        """Do nothing: it may pass the roles below its path."""

    def allow_looking(self, role: iam.IRole | None, *, reads_schema: bool) -> None:
        """Do nothing: it may take on the roles below its path that trust it."""

    def allow_state_change_events(self) -> None:
        """Warn that the other app has to allow it."""
        cdk.Annotations.of(self).add_warning_v2(
            f"{WARNING_ID_PREFIX}state-change-events",
            "this app doesn't manage the provider, which sends events of state changes only if its app created it with "
            "publish_state_changes=True",
        )
