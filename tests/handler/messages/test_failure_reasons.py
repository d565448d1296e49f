"""The words for what went wrong: the service's own, the job, and what to do."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from personalize_import_handler.aws.personalize import DatasetImportJob
from personalize_import_handler.cloudformation.responses import BODY_BYTES_MAX, body_of
from personalize_import_handler.contract import ImportMode
from personalize_import_handler.contract.printable import printable
from personalize_import_handler.errors import BusyError, RefusedError
from personalize_import_handler.messages import failure_reasons
from personalize_import_handler.messages.advice import DEPLOY_AGAIN, WAIT_FOR_REFRESH
from tests.handler.support.fakes import DATASET_ARN, ROLE_ARN, job_arn
from tests.handler.support.properties import DATA_LOCATION

NO_PASSING = "User: x is not authorized to perform: iam:PassRole on resource: y"
FRAME = {"Status": "FAILED", "PhysicalResourceId": "p" * 256, "StackId": "s" * 300, "RequestId": "r" * 36, "Data": {}}


REFUSED = RefusedError("ListTagsForResource", "InvalidInputException", "No such job")


def job(failure_reason: str | None, status: str = "CREATE FAILED") -> DatasetImportJob:
    return DatasetImportJob(
        dataset_import_job_arn=job_arn("nightly-1"),
        status=status,
        import_mode=ImportMode.FULL,
        creation_date_time=0,
        job_name="nightly-1",
        dataset_arn=DATASET_ARN,
        data_location=DATA_LOCATION,
        role_arn=ROLE_ARN,
        publish_attribution_metrics_to_s3=False,
        last_updated_date_time=0,
        failure_reason=failure_reason,
    )


@pytest.mark.parametrize(
    ("failure_reason", "sentence"),
    [
        ("Broken row", "Broken row."),
        ("Broken row.", "Broken row."),
        (" Broken row!\n", "Broken row!"),
        (None, "The service gave no reason."),
    ],
)
def test_the_reason_of_a_failed_job_begins_with_the_text_of_the_service(
    failure_reason: str | None, sentence: str
) -> None:
    assert failure_reasons.job_failed(job(failure_reason)) == (
        f"{sentence} DatasetImportJob nightly-1 of {DATA_LOCATION} ended with status CREATE FAILED. "
        "Fix this problem and deploy again; this starts a new job."
    )


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        (
            "Input csv is missing the following columns: [ITEM_ID]",
            "Use the names of the schema's fields in the header row",
        ),
        ("Invalid Data location.", "Check with aws s3 ls that "),
        (NO_PASSING, 'Add to the policy of the provider\'s role {"Effect": "Allow", "Action": "iam:PassRole"'),
        ("User: x is not authorized to perform: personalize:TagResource", "Allow the provider's functions to perform"),
        ("Anything else", "Fix this problem and deploy again"),
    ],
)
def test_the_advice_depends_on_the_text_of_the_service(text: str, advice: str) -> None:
    refused = RefusedError("CreateDatasetImportJob", "InvalidInputException", text)

    assert f". {advice}" in failure_reasons.job_failed(job(text))
    assert f". {advice}" in failure_reasons.start_failed(refused, "nightly-1", job(None))
    assert f". {advice}" in failure_reasons.describe_failed(refused, job_arn("nightly-1"))


def test_the_advice_for_missing_data_names_the_location() -> None:
    advice = f"Check with aws s3 ls that {DATA_LOCATION} contains CSV files and, if it is a folder, ends in a slash"

    assert f"{advice} and deploy again" in failure_reasons.job_failed(job("Invalid Data location."))


@pytest.mark.parametrize(
    ("code", "message", "limit", "until"),
    [
        (
            "LimitExceededException",
            "More than 5 resources with PENDING or IN_PROGRESS status.",
            "Personalize runs five import jobs at once in an account and Region. ",
            "when one of them has ended",
        ),
        (
            "ResourceInUseException",
            "a-1 is still importing into the same dataset.",
            "Only one job at a time imports into a dataset. ",
            "when the other job has ended",
        ),
        *[
            (
                code,
                "Rate exceeded",
                "All stacks of an account and Region share its limit of requests per second. ",
                "with fewer stacks at a time",
            )
            for code in ("LimitExceededException", "ThrottlingException", "TooManyRequestsException")
        ],
        ("ServiceUnavailable", "Busy", "", "when the service has capacity"),
    ],
)
def test_a_timeout_names_the_limit_that_was_reached(code: str, message: str, limit: str, until: str) -> None:
    busy = BusyError("CreateDatasetImportJob", code, message)

    deploy = failure_reasons.call_timed_out(busy, 60)
    refresh = failure_reasons.call_timed_out(busy, 60, again=WAIT_FOR_REFRESH)

    assert deploy.endswith(f"failed with {code}. {limit}Deploy again {until}; a job that is running then is adopted.")
    assert refresh.endswith(f"failed with {code}. {limit}The next refresh tries again.")


def test_a_refused_call_is_reported_with_its_operation_and_code() -> None:
    refused = RefusedError("DescribeDatasetImportJob", "AccessDeniedException", "No")

    assert failure_reasons.start_failed(refused, "nightly-1", job(None)).startswith(
        f"No. DatasetImportJob nightly-1 of {DATA_LOCATION} was not started: "
        "DescribeDatasetImportJob failed with AccessDeniedException. "
    )
    assert failure_reasons.describe_failed(refused, job_arn("nightly-1")).startswith(
        f"No. DescribeDatasetImportJob of {job_arn('nightly-1')} failed with AccessDeniedException. "
    )


@pytest.mark.parametrize(
    ("character", "length"), [("x", 5000), ("ä", 2500), ("€", 2000), ("👻", 1000), ("\ud800", 5000)]
)
@pytest.mark.parametrize("before", ["", "x", "xx", "xxx"])
def test_a_text_of_any_length_and_script_is_cut_so_that_job_and_advice_fit(
    character: str, length: int, before: str
) -> None:
    reason = failure_reasons.job_failed(job(before + character * length))

    assert reason.startswith(before)
    assert "… DatasetImportJob nightly-1 of " in reason
    assert len(body_of({**FRAME, "Reason": printable(reason)})) < BODY_BYTES_MAX
    assert reason.endswith("this starts a new job.")


def test_the_text_of_the_service_is_cut_so_that_long_advice_fits() -> None:
    failed = job("Insufficient privileges for accessing data. " + "x" * 5000)

    reason = failure_reasons.job_failed(replace(failed, data_location=DATA_LOCATION + "k" * 220))

    assert json.loads(body_of({**FRAME, "Reason": reason}))["Reason"] == reason


@pytest.mark.parametrize(("seconds", "text"), [(59, "1 min"), (3300, "55 min"), (7260, "2 h 1 min")])
def test_durations_are_in_hours_and_minutes(seconds: float, text: str) -> None:
    assert failure_reasons.job_timed_out(job(None, "CREATE PENDING"), seconds) == (
        f"Timed out: DatasetImportJob nightly-1 is still CREATE PENDING after {text}. "
        "A job can't be stopped, so it continues; deploying again adopts it instead of starting another one."
    )


@pytest.mark.parametrize(
    "reason",
    [
        partial(failure_reasons.job_failed, job("Broken row")),
        partial(failure_reasons.start_failed, REFUSED, "nightly-1", job(None)),
        partial(failure_reasons.root_stack_unknown, REFUSED),
        partial(failure_reasons.preflight_failed, "no-data: no file", "nightly-1"),
        partial(failure_reasons.fingerprint_failed, REFUSED, job(None)),
        partial(failure_reasons.job_timed_out, job(None), 3300),
        partial(failure_reasons.start_timed_out, "nightly-1", 3300),
        partial(failure_reasons.call_timed_out, REFUSED, 3300),
        partial(failure_reasons.describe_failed, REFUSED, job_arn("nightly-1")),
        partial(failure_reasons.job_not_found, job_arn("nightly-1")),
        partial(failure_reasons.unknown_status, job(None), "unknown status"),
        partial(failure_reasons.rows_missing, "Broken row.", ["Added"]),
    ],
    ids=lambda reason: reason.func.__name__,
)
def test_the_advice_after_a_refresh_is_not_to_deploy(reason: Callable[..., str]) -> None:
    of_deploy, of_refresh = reason(again=DEPLOY_AGAIN), reason(again=WAIT_FOR_REFRESH)

    assert reason() == of_deploy != of_refresh
    assert "deploy" not in of_refresh.lower()
    assert "rollback" not in of_refresh
    assert ";;" not in of_refresh
    assert of_refresh.endswith(".")
