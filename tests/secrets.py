"""Detection of secrets in log lines: pre-signed URLs, credentials, and values of the data."""

import re
from collections.abc import Iterable
from typing import Final

# hypothesis generates strings of up to 20 characters that it finds in the code, so the value is longer, and the names
# of secrets count only with what follows them.
DATA_VALUE: Final = "Zirconium_of_the_data_only"
"""In every row of the users that deploys import, and nowhere else."""

_SECRETS: Final = re.compile(
    r"X-Amz-Signature=|ResponseURL['\"]?\s*[:=]|/cfn-response/"  # who has it can answer for the resource
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b"
    r"|(?i:aws_secret_access_key|aws_session_token|SecretAccessKey|SessionToken)['\"]?\s*[:=]"
    rf"|{DATA_VALUE}"
)


def lines_with_secrets(lines: Iterable[str]) -> list[str]:
    """Return the lines that contain a secret."""
    return [line for line in lines if _SECRETS.search(line)]
