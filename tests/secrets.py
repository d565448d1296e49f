"""Detection of secrets in log lines: pre-signed URLs, credentials, and values of the data."""

import re
from collections.abc import Iterable
from typing import Final

DATA_VALUE: Final = "Zirconium"
"""In every row of the users that deploys import, and nowhere else."""

_SECRETS: Final = re.compile(
    r"X-Amz-Signature|ResponseURL|cfn-response"  # who has it can answer for the resource
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b|(?i:aws_secret_access_key|aws_session_token|SecretAccessKey|SessionToken)"
    rf"|{DATA_VALUE}"
)


def lines_with_secrets(lines: Iterable[str]) -> list[str]:
    """Return the lines that contain a secret."""
    return [line for line in lines if _SECRETS.search(line)]
