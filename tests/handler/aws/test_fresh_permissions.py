"""Permissions that are not effective yet: denied calls are retried for a while, and then reported."""

import pytest

from personalize_import_handler.aws import error_codes
from personalize_import_handler.errors import RefusedError
from personalize_import_handler.request import polling
from personalize_import_handler.request.execution import Standing
from tests.handler.support.account import Account
from tests.handler.support.fakes import FakePersonalize, JobBehavior
from tests.handler.support.properties import properties
from tests.handler.support.simulator import CloudFormation

CREATE = "CreateDatasetImportJob"
NO_READING = RefusedError(
    CREATE, "InvalidInputException", "Insufficient privileges for accessing data in S3. Please look at ... and fix it."
)
NO_PASSING = RefusedError(
    CREATE, "AccessDeniedException", "User: x is not authorized to perform: iam:PassRole on resource: y because ..."
)
NO_ASSUMING = RefusedError(
    CREATE, "InvalidInputException", "Amazon Personalize can't assume the role arn:aws:iam::1:role/r"
)
NO_LISTING = RefusedError(
    "ListDatasetImportJobs", "AccessDeniedException", "User: x is not authorized to perform: personalize:List"
)
NO_COLUMN = RefusedError(CREATE, "InvalidInputException", "Input csv is missing the following columns: [ITEM_ID]")


@pytest.mark.parametrize("refused", [NO_READING, NO_PASSING, NO_ASSUMING], ids=["reading", "passing", "assuming"])
def test_a_permission_that_becomes_effective_within_a_minute_causes_no_failure(
    refused: RefusedError, cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    personalize.fail_next("create_dataset_import_job", refused, times=3)

    response = cloudformation.create(properties())

    assert response.succeeded
    assert len(personalize.jobs) == 1


@pytest.mark.parametrize("refused", [NO_READING, NO_PASSING, NO_ASSUMING], ids=["reading", "passing", "assuming"])
def test_a_permission_that_stays_missing_is_reported_in_full_after_two_minutes(
    refused: RefusedError, cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    personalize.fail_next("create_dataset_import_job", refused, times=30)
    started_at = account.clock.now

    response = cloudformation.create(properties())

    assert not response.succeeded
    assert response.reason.startswith(refused.message.rstrip("."))
    late = response.sent_at - started_at - error_codes.FRESH_SECONDS
    assert 0 <= late <= polling.RETRY_SECONDS_MAX
    assert personalize.jobs == {}


def test_a_missing_permission_is_reported_at_a_shorter_timeout_and_not_as_missing_capacity(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    personalize.fail_next("create_dataset_import_job", NO_READING, times=30)
    started_at = account.clock.now

    response = cloudformation.create(properties(TimeoutSeconds=60))

    assert response.reason.startswith("Timed out after 1 min: Insufficient privileges")
    assert "when the service has room" not in response.reason
    assert response.sent_at - started_at == 60


def test_a_call_that_is_denied_until_a_shorter_timeout_is_reported_and_no_missing_capacity(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    personalize.fail_next("list_dataset_import_jobs", NO_LISTING, times=30)

    response = cloudformation.create(properties(TimeoutSeconds=60))

    assert response.reason.startswith(NO_LISTING.message)


def test_a_problem_with_the_data_is_reported_at_once(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    personalize.fail_next("create_dataset_import_job", NO_COLUMN)
    started_at = account.clock.now

    response = cloudformation.create(properties())

    assert not response.succeeded
    assert response.sent_at == started_at


def test_a_job_that_fails_because_of_a_missing_permission_is_not_retried(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(end="CREATE FAILED", failure_reason=NO_READING.message)

    assert not cloudformation.create(properties()).succeeded
    assert len(personalize.jobs) == 1


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException"])
def test_denied_access_may_become_effective_with_any_text(code: str) -> None:
    assert error_codes.may_become_effective(RefusedError(CREATE, code, "No."), 119.9)
    assert not error_codes.may_become_effective(RefusedError(CREATE, code, "No."), 120)


UNKNOWN_CREDENTIALS = [
    RefusedError(
        "CreateDatasetImportJob", "UnrecognizedClientException", "The security token included in the request is i"
    ),
    RefusedError("AssumeRole", "InvalidClientTokenId", "The security token included in the request is invalid."),
    RefusedError(
        "CopyObject", "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."
    ),
    RefusedError("CopyObject", "InvalidToken", "The provided token is malformed or otherwise invalid."),
    RefusedError("CopyObject", "ExpiredToken", "The provided token has expired."),
    RefusedError("StartExecution", "ExpiredTokenException", "The security token included in the request is expired"),
]


@pytest.mark.parametrize("refused", UNKNOWN_CREDENTIALS, ids=[refused.code for refused in UNKNOWN_CREDENTIALS])
def test_the_credentials_of_a_new_role_may_become_effective_within_two_minutes(refused: RefusedError) -> None:
    assert error_codes.may_become_effective(refused, 119.9)
    assert not error_codes.may_become_effective(refused, 120)


def test_a_missing_permission_may_become_effective_with_any_code() -> None:
    refused = RefusedError(CREATE, "InvalidInputException", "User: x is not authorized to perform: s3:GetObject")

    assert error_codes.may_become_effective(refused, 0)


def test_no_permission_is_fresh_after_the_wait_of_earlier_resources(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    personalize.fail_next("create_dataset_import_job", NO_READING, times=30)
    started_at = account.clock.now

    response = cloudformation.create(properties(WaitedSeconds=2400))

    assert response.reason.startswith("Insufficient privileges")
    assert response.sent_at == started_at


def test_listing_executions_is_retried_until_the_permission_is_effective(
    cloudformation: CloudFormation, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    denied = iter([RefusedError("ListExecutions", "AccessDeniedException", "not authorized")] * 3)

    def standing(_: object) -> Standing:
        for refused in denied:
            raise refused
        return Standing()

    monkeypatch.setattr(account.functions, "_standing", standing)

    assert cloudformation.create(properties()).succeeded
    assert next(denied, None) is None
