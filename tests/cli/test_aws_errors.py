"""Errors of AWS as one line with the fix, and whether a retry may help."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError, ReadTimeoutError

from personalize_import_cli.aws_errors import reported_aws_errors
from personalize_import_cli.errors import CommandError, UnavailableError


def reported(error: Exception) -> CommandError:
    with pytest.raises(CommandError) as raised, reported_aws_errors("Shop", "docs/status.md"):
        raise error
    return raised.value


def answer(code: str, status: int = 400) -> ClientError:
    metadata: Any = {"HTTPStatusCode": status}
    return ClientError({"Error": {"Code": code, "Message": "so"}, "ResponseMetadata": metadata}, "Any")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (answer("ExpiredToken"), "Log in again with the AWS CLI, or set AWS_PROFILE to other credentials"),
        (answer("UnrecognizedClientException"), "Log in again with the AWS CLI"),
        (answer("AccessDenied", 403), "docs/status.md lists the required permissions"),
        (NoCredentialsError(), "Set AWS_PROFILE, or log in with the AWS CLI"),
        (answer("ValidationError"), "so"),
        (ValueError("Invalid endpoint: x"), "Invalid endpoint: x"),
    ],
    ids=lambda each: each if isinstance(each, str) else type(each).__name__,
)
def test_a_permanent_error_has_a_fix(error: Exception, words: str) -> None:
    failure = reported(error)
    assert str(failure).startswith("Shop: ")
    assert words in str(failure)
    assert not isinstance(failure, UnavailableError)


@pytest.mark.parametrize(
    "error",
    [answer("Throttling"), answer("ThrottlingException"), answer("Any", 503), ReadTimeoutError(endpoint_url="x")],
    ids=["throttled", "throttled by Personalize", "a fault of the service", "no answer"],
)
def test_a_temporary_error_can_be_retried(error: Exception) -> None:
    assert isinstance(reported(error), UnavailableError)
