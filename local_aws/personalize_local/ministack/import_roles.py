"""Import roles, assumed as the service principal of Personalize."""

from typing import Final

from ministack.services import s3

from personalize_local.ministack.role_policies import allows, service_context, trusts_service
from personalize_local.ministack.sessions import start_session
from personalize_local.personalize.arns import parse_arn
from personalize_local.personalize.interfaces import DataAccessDeniedError, ImportRole, RoleNotAssumableError
from personalize_local.personalize.role_session import RoleSession

_PRINCIPAL: Final = "personalize.amazonaws.com"
_SESSION_SECONDS: Final = 3600


class ImportRoles:
    """Assumes import roles as the service principal of Personalize."""

    def __init__(self, endpoint_url: str) -> None:
        self._endpoint_url = endpoint_url

    def assume(self, role_arn: str, source_account: str, source_arn: str) -> ImportRole:
        """Evaluate the role's trust policy, conditions included; raise `RoleNotAssumableError`."""
        if not trusts_service(role_arn, _PRINCIPAL, source_account, source_arn):
            raise RoleNotAssumableError(role_arn)
        credentials = start_session(role_arn, "Personalize", _SESSION_SECONDS)
        region = parse_arn(source_arn)["region"]
        return RoleSession(
            endpoint_url=self._endpoint_url,
            region=region,
            access_key_id=credentials["AWS_ACCESS_KEY_ID"],
            secret_access_key=credentials["AWS_SECRET_ACCESS_KEY"],
            session_token=credentials["AWS_SESSION_TOKEN"],
            require_bucket_policy=lambda action, bucket, key: _require_bucket_policy(
                action, bucket, key, source_account, region
            ),
        )


def _require_bucket_policy(action: str, bucket: str, key: str | None, account: str, region: str) -> None:
    """Require a bucket policy for the service principal of Personalize, which is needed besides the role.

    https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html
    """
    resource = f"arn:aws:s3:::{bucket}" if key is None else f"arn:aws:s3:::{bucket}/{key}"
    policy, _owner = s3.bucket_policy_for_arn(resource) or ("", account)
    source_arn = f"arn:aws:personalize:{region}:{account}:dataset-import-job/any"
    if not policy or not allows(policy, service_context(_PRINCIPAL, action, resource, account, source_arn)):
        raise DataAccessDeniedError(bucket)
