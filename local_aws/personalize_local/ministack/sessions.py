"""Sessions of roles, with credentials that nobody can guess."""

import secrets
import time
from typing import Any, Final

from ministack.core import lambda_runtime
from ministack.services import lambda_svc, sts

from personalize_local.authentication.keys import new_keys

_TOKEN_BYTES: Final = 32


def start_session(role_arn: str, session_name: str, seconds: float | None = None) -> dict[str, str]:
    """Return the credentials of a new session of a role, by the names of their environment variables.

    Args:
        role_arn: The role.
        session_name: What the session is called in its ARN.
        seconds: How long it lasts; by default, as long as the server.
    """
    account, name, keys = role_arn.split(":")[4], role_arn.rsplit("/", 1)[-1], new_keys()
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


def start_sessions_for_functions() -> None:
    """Start a session for each process of a function; ministack computes its keys from ARNs, as anybody could."""

    def execution_credentials(config: dict[str, Any]) -> dict[str, str]:
        return start_session(config["Role"], config["FunctionName"])

    lambda_runtime.execution_credentials = execution_credentials
    lambda_svc.execution_credentials = execution_credentials
