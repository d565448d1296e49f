"""Permissions and credentials that are seconds old, and are refused for a while as if they did not exist.

A stack makes the import role and the bucket's policy seconds before the job that needs them, and IAM is eventually
consistent: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency.
Personalize looks at role, policy and data while the call waits, and AWS's own samples sleep a minute before it.

The same holds for the credentials of a role that was created seconds ago: a service may not know them yet.
Each poll that reads data assumes the import role anew. The functions' own credentials come from Lambda's environment.
"""

from typing import Final

from personalize_import_handler.errors import RefusedError

SECONDS: Final = 120
"""How long a refusal may be for that reason; after that it is what it says."""

_CODES: Final = frozenset({
    "AccessDenied",
    "AccessDeniedException",
    # Credentials, as each service names them: Personalize and Step Functions, STS, S3; see the pages of common errors,
    # https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html and
    # https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidToken",
    "UnrecognizedClientException",
})  # fmt: skip
# In refusals to read the data, to pass the role, or to assume it, whatever their code is.
_WORDS: Final = ("insufficient privileges", "not authorized", "assume")


def may_become_effective(refused: RefusedError, elapsed_seconds: float) -> bool:
    """Say whether a call that was refused may be granted if it is made again."""
    if elapsed_seconds >= SECONDS:
        return False
    message = refused.message.lower()
    return refused.code in _CODES or any(words in message for words in _WORDS)
