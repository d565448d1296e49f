"""Advice at the end of a failure reason: how to fix the cause, and how the import is tried again."""

from typing import Final, NamedTuple

from personalize_import_handler.aws.data_reader import NotAssumableError, NotReadableError
from personalize_import_handler.aws.error_codes import is_access_denied
from personalize_import_handler.errors import RefusedError
from personalize_import_handler.messages import policy_advice
from personalize_import_handler.messages.policy_advice import DataAccess

# Advice by a part of the service's text. docs/troubleshooting.md lists all texts.
_ADVICE: Final = {
    "missing the following columns": "Use the names of the schema's fields in the header row",
    "is not authorized to perform": "Allow the provider's functions to perform this action",
    "bucket does not exist": "Check the name of the bucket",
    "security token included in the request": "Check that the roles of the provider's functions still exist",
    "doesn't exist either": "Add the file to the app again",
}
_DEFAULT_ADVICE: Final = "Fix this problem"
DEPLOY_AGAIN: Final = "deploy again"
"""The end of an advice to the user if CloudFormation has requested the import."""
WAIT_FOR_REFRESH: Final = "the next refresh tries again"
"""The end of an advice if a refresh needs the import."""


class Limit(NamedTuple):
    """The limit because of which a call was refused temporarily."""

    text: str
    """The limit, as a sentence without a period; empty if it is unknown."""
    until: str
    """When the call will succeed, to follow "deploy again"."""


_JOBS: Final = Limit("Personalize runs five import jobs at once in an account and Region", "when one of them has ended")
_DATASET: Final = Limit("Only one job at a time imports into a dataset", "when the other job has ended")
_REQUESTS: Final = Limit(
    "All stacks of an account and Region share its limit of requests per second", "with fewer stacks at a time"
)
_UNKNOWN: Final = Limit("", "when the service has capacity")


def limit_of(busy: RefusedError) -> Limit:
    """Return the limit because of which the service had no capacity.

    `LimitExceededException` is documented for requests per second, and is seen with its own text for running jobs:
    https://docs.aws.amazon.com/personalize/latest/dg/API_CreateDatasetImportJob.html#API_CreateDatasetImportJob_Errors
    """
    if busy.code == "ResourceInUseException":
        return _DATASET
    if "PENDING or IN_PROGRESS" in busy.message:
        return _JOBS
    is_rate = busy.code in ("LimitExceededException", "TooManyRequestsException") or "Throttl" in busy.code
    return _REQUESTS if is_rate else _UNKNOWN


def advice_on(refused: RefusedError, access: DataAccess, import_role_path: str | None) -> str:
    """Return the advice for a call that was refused, which reads the data or starts a job."""
    denied = is_access_denied(refused)
    is_not_assumable = isinstance(refused, NotAssumableError) and denied
    is_role_denied = is_not_assumable or policy_advice.is_pass_role_denied(refused.message, access.role_arn)
    if is_role_denied and (by_path := policy_advice.path_advice(access.role_arn, import_role_path)):
        return by_path
    if is_not_assumable:
        return policy_advice.preflight_trust_advice(access, refused.message)
    if isinstance(refused, NotReadableError) and denied:
        return policy_advice.read_advice(access)
    return advice(refused.message, access)


def advice(text: str, access: DataAccess | None = None) -> str:
    """Return the advice for the service's own text, without a period."""
    if access and "Insufficient privileges for accessing data" in text:
        return policy_advice.read_advice(access)
    if access and "assume the role" in text:
        return policy_advice.trust_advice(access)
    if "Invalid Data location" in text:
        location = access.data_location if access else "the location"
        return f"Check with aws s3 ls that {location} contains CSV files and, if it is a folder, ends in a slash"
    if allowed := policy_advice.denied_action_advice(text):
        return allowed
    return next((known for part, known in _ADVICE.items() if part in text), _DEFAULT_ADVICE)


def then(again: str) -> str:
    """Return how an import is tried again, to follow an advice that is an imperative."""
    return f" and {again}" if again == DEPLOY_AGAIN else f"; {again}"


def sentence(again: str) -> str:
    """Return how an import is tried again, as the beginning of a sentence."""
    return f"{again[0].upper()}{again[1:]}"
