"""Role sessions with random credentials."""

import secrets
import time
from typing import Any, Final

from ministack.services import sts

from personalize_local.authentication.keys import new_keys
from personalize_local.personalize.arns import last_part, parse_arn

_TOKEN_BYTES: Final = 32


def start_session(role_arn: str, session_name: str, seconds: float | None = None) -> dict[str, str]:
    """Return the credentials of a new session of a role, by the names of their environment variables.

    Args:
        role_arn: The role.
        session_name: The name of the session in its ARN.
        seconds: The lifetime of the session in seconds. Default: until the server stops.
    """
    account, name, keys = parse_arn(role_arn)["account"], last_part(role_arn), new_keys()
    access_key_id, token = keys.access_key_id.replace("AKIA", "ASIA", 1), secrets.token_hex(_TOKEN_BYTES)
    session: dict[str, Any] = {
        "Arn": f"arn:aws:sts::{account}:assumed-role/{name}/{session_name}",
        "UserId": f"{name}:{session_name}",
        "AccountId": account,
        "SecretAccessKey": keys.secret_access_key,
        "SessionToken": token,
    }
    if seconds is not None:
        session["Expiration"] = time.time() + seconds
    sts.register_session(access_key_id, session)
    return {
        "AWS_ACCESS_KEY_ID": access_key_id,
        "AWS_SECRET_ACCESS_KEY": keys.secret_access_key,
        "AWS_SESSION_TOKEN": token,
    }
