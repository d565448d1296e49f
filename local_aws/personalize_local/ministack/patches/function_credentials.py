"""Credentials of functions, which ministack derives from public ARNs."""

from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from personalize_local.ministack.sessions import start_session


def start_sessions_for_functions() -> None:
    """Start a role session with random credentials for each process of a function."""

    def execution_credentials(config: dict[str, Any]) -> dict[str, str]:
        return start_session(config["Role"], config["FunctionName"])

    lambda_runtime.execution_credentials = execution_credentials
    lambda_svc.execution_credentials = execution_credentials
