"""What is said of a failure: the service's words, the handler's, and which commands show more."""

from dataclasses import replace

import pytest

from personalize_import_cli.stack.explaining import Explained, divided, is_in_the_data
from personalize_import_cli.stack.explanation import as_text
from personalize_import_cli.stack.operations import Event
from personalize_import_cli.stack.sight import Seen, Sight, State
from personalize_import_handler.aws.personalize import DatasetImportJob
from personalize_import_handler.contract import ImportMode
from personalize_import_handler.contract.properties import parse
from personalize_import_handler.errors import BusyError, RefusedError
from personalize_import_handler.messages import failure_reasons
from tests.cli.stack.scenes import PROPERTIES, job

READING = parse(PROPERTIES)
JOB = DatasetImportJob(
    dataset_import_job_arn=job("shop-1").arn,
    status="CREATE FAILED",
    import_mode=ImportMode.FULL,
    creation_date_time=0,
    job_name="shop-1",
    dataset_arn=READING.dataset_arn,
    data_location=READING.data_location,
    role_arn=READING.role_arn,
    publish_attribution_metrics_to_s3=False,
    last_updated_date_time=240,
    failure_reason="The first column is empty. See line 3.",
)
DENIED = RefusedError(
    "CreateDatasetImportJob", "AccessDeniedException", "It is not authorized to perform: iam:PassRole"
)
FINDING = "value-missing: a value is missing in users.csv, line 3. Fill it in."
BUSY = BusyError("CreateDatasetImportJob", "LimitExceededException", "More than 5 resources with PENDING status.")


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        (failure_reasons.job_failed(JOB), "The first column is empty. See line 3."),
        (failure_reasons.start_failed(DENIED, "shop-1", READING), "It is not authorized to perform: iam:PassRole."),
        (failure_reasons.fingerprint_failed(DENIED, READING), "It is not authorized to perform: iam:PassRole."),
        (failure_reasons.preflight_failed(FINDING, "shop-1"), FINDING),
        (failure_reasons.call_timed_out(BUSY, 3300), f"Timed out after 55 min: {BUSY.message}"),
    ],
    ids=["failed", "not started", "not seen", "refused", "busy"],
)
def test_the_services_words_are_told_from_the_handlers(reason: str, why: str) -> None:
    found, what_to_do = divided(reason)
    assert found == why
    assert f"{found} {what_to_do}" == reason


def test_what_cloudformation_says_by_itself_gets_advice() -> None:
    _, what_to_do = divided(
        "CloudFormation did not receive a response from your Custom Resource. Please check your logs"
    )
    assert what_to_do.startswith("The functions could not answer in time: look into their log group")


def test_words_that_nobody_knows_are_told_as_they_are() -> None:
    assert divided("Something else.") == ("Something else.", "")


@pytest.mark.parametrize(
    ("why", "status", "expected"),
    [
        ("The first column is empty.", "CREATE FAILED", True),
        ("Input csv is missing the following columns: [A].", None, True),
        ("value-missing: a value is missing in users.csv, line 3.", None, True),
        ("Insufficient privileges for accessing data in S3.", None, False),
        ("User: arn is not authorized to perform: s3:GetObject", None, False),
        ("Timed out: DatasetImportJob shop-1 is still CREATE IN_PROGRESS after 55 min.", "CREATE IN_PROGRESS", False),
    ],
)
def test_the_data_is_looked_at_where_the_fault_is_in_it(why: str, status: str | None, expected: bool) -> None:
    failed = Seen(name="Import", logical_id="I", state=State.FAILED, job=job("shop-1", status) if status else None)
    assert is_in_the_data(why, failed) is expected


SIGHT = Sight(stack_name="Shop", stack_id="id", stack_status="UPDATE_COMPLETE", begun_at=1)


def test_that_nothing_has_failed_is_told_with_what_is_past() -> None:
    assert as_text(Explained(sight=SIGHT, failures=[], failed_before=0)).splitlines() == [
        "Shop: no import has failed in the last operation (UPDATE_COMPLETE)",
        "One failed in the operation of 1970-01-01T00:00:00Z; that is past",
    ]


def test_what_has_failed_instead_of_an_import_is_named() -> None:
    failure = Event(logical_id="Bucket", resource_type="AWS::S3::Bucket", status="CREATE_FAILED", at=2, reason="taken")
    rolled_back = replace(SIGHT, stack_status="ROLLBACK_COMPLETE", first_failure=failure)
    assert as_text(Explained(sight=rolled_back, failures=[])).splitlines() == [
        "Shop: no import has failed in the last operation (ROLLBACK_COMPLETE)",
        "What has failed is Bucket (AWS::S3::Bucket): taken",
    ]
