"""A provider that another app has created. This app can use it, but not change it."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from personalize_import.provider.staging_bucket import StagingBucket
from personalize_import.synthesis import validation
from personalize_import.synthesis.environment_checks import check_arn_of_provider
from personalize_import.synthesis.validation import ValidationError, check_optional_text, check_text
from personalize_import.synthesis.warnings import WARNING_ID_PREFIX
from personalize_import_handler.contract import constraints


class ImportedProvider(cdk.Resource):
    """The provider that `DatasetImportProvider.from_provider_attributes` returns."""

    def __init__(
        self, scope: Construct, id: str, *, service_token: str, import_role_path: str, preflight_role_arn: str | None
    ) -> None:
        super().__init__(scope, id)
        validation.require(
            self,
            check_text("service_token", service_token, constraints.SERVICE_TOKEN),
            check_arn_of_provider("service_token", service_token, self),
            check_text("import_role_path", import_role_path, constraints.IMPORT_ROLE_PATH),
            check_optional_text("preflight_role_arn", preflight_role_arn, constraints.ROLE_ARN),
            check_arn_of_provider("preflight_role_arn", preflight_role_arn, self),
        )
        self._service_token = service_token
        self._import_role_path = import_role_path
        self._preflight_role = (
            iam.Role.from_role_arn(self, "PreflightRole", preflight_role_arn, mutable=False)
            if preflight_role_arn
            else None
        )
        self._support = _NoChanges(self)

    @property
    def service_token(self) -> str:
        """The `ServiceToken` of the custom resources that the provider handles."""
        return self._service_token

    @property
    def import_role_path(self) -> str:
        """The path of all roles that can be passed."""
        return self._import_role_path

    @property
    def preflight_role(self) -> iam.IRole | None:
        """The role that runs preflight; None if its ARN was not given."""
        return self._preflight_role

    @property
    def permissions_boundary(self) -> None:
        """None: the boundary of the other app is unknown here."""
        return


class _NoChanges:
    """The `JobSupport` of a provider of another app. Only that app can change its permissions."""

    roles_policy = None

    def __init__(self, provider: Construct) -> None:
        self._provider = provider

    def allow_import_roles_of(self, scope: Construct) -> None:
        pass

    def can_reference_by_arn(self, role: iam.IRole, scope: Construct) -> bool:  # noqa: ARG002 - the protocol has them
        return False

    def allow_passing(self, role: iam.IRole) -> None:
        pass

    def allow_preflight(self, role: iam.IRole | None, *, reads_schema: bool) -> None:
        pass

    def allow_state_change_events(self) -> None:
        cdk.Annotations.of(self._provider).add_warning_v2(
            f"{WARNING_ID_PREFIX}state-change-events",
            "this app doesn't manage the provider, which sends events of state changes only if its app created it with "
            "publish_state_changes=True",
        )

    def staging_bucket_for(self, scope: Construct) -> StagingBucket:
        raise ValidationError(
            f"{scope.node.path}: data_source must be in S3 if another app created the provider: asset files need the "
            "staging bucket of a provider of this app"
        )
