"""The callers of the Personalize service: who signed a request, or CloudFormation."""

from collections.abc import Mapping

from ministack.core import iam_actions, iam_evaluator, responses

from personalize_local.ministack.import_roles import ImportRoles
from personalize_local.personalize.interfaces import AccountRegion, Caller


def requester(access_key_id: str, endpoint_url: str) -> Caller:
    """Return the caller of the current request, with the permissions that its access key has in IAM."""
    return Caller(_account_region(), _IamAuthorizer(access_key_id), ImportRoles(endpoint_url))


def cloudformation(endpoint_url: str) -> Caller:
    """Return CloudFormation as the caller."""
    return Caller(_account_region(), _AllowAll(), ImportRoles(endpoint_url))


def personalize(at: AccountRegion, endpoint_url: str) -> Caller:
    """Return Personalize itself as the caller, which continues what others have started."""
    return Caller(at, _AllowAll(), ImportRoles(endpoint_url))


def _account_region() -> AccountRegion:
    return AccountRegion(account=responses.get_account_id(), region=responses.get_region())


class _IamAuthorizer:
    """An authorizer that evaluates the policies of the current request's caller in ministack's IAM."""

    def __init__(self, access_key_id: str) -> None:
        self._access_key_id = access_key_id

    def denial(self, action: str, resource: str, context: Mapping[str, object]) -> str | None:
        denied = iam_evaluator.enforce(
            self._access_key_id, action, "personalize", responses.get_region(), resource, dict(context)
        )
        if denied is None:
            return None
        if isinstance(denied, iam_evaluator.AuthError):
            return str(denied.message)
        explicit = denied.decision == "Deny"
        return str(iam_actions.identity_denial_message(action, denied.principal_arn, resource, explicit))


class _AllowAll:
    """An authorizer that allows all calls: native types use the deployer's permissions, not a function's."""

    def denial(self, _action: str, _resource: str, _context: Mapping[str, object]) -> str | None:
        return None
