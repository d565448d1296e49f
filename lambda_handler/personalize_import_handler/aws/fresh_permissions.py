"""Permissions and credentials that were created seconds ago and are not effective yet.

A stack creates the import role and the bucket policy seconds before the job that needs them, and IAM is eventually
consistent:
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency.
Personalize checks role, policy and data during the call, and AWS's own samples sleep for a minute before it.

The same applies to credentials of a role that was created seconds ago: a service may not accept them yet. Each poll
that reads data assumes the import role again. The functions' own credentials come from Lambda's environment.
"""

from typing import Final

from personalize_import_handler.errors import RefusedError

SECONDS: Final = 120
"""Seconds after which a refusal no longer has this cause and is treated as permanent."""

_CODES: Final = frozenset({
    "AccessDenied",
    "AccessDeniedException",
    # Codes for credentials in Personalize, Step Functions, STS and S3; see the pages of common errors,
    # https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html and
    # https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidToken",
    "UnrecognizedClientException",
})  # fmt: skip
# Parts of messages that refuse to read the data, to pass the role or to assume it, under any code.
_WORDS: Final = ("insufficient privileges", "not authorized", "assume")


def may_become_effective(refused: RefusedError, elapsed_seconds: float) -> bool:
    """Return whether a refused call may succeed when it is retried."""
    if elapsed_seconds >= SECONDS:
        return False
    message = refused.message.lower()
    return refused.code in _CODES or any(words in message for words in _WORDS)
