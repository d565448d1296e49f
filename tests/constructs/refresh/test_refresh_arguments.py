"""Arguments with which an import can't be refreshed are rejected at synth."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from personalize_import import DatasetImportJob, DatasetImportProvider, DataSource, ImportTarget, Reimport
from personalize_import.synthesis.validation import ValidationError
from tests.constructs.support.checked import GOOD, add_asset_job, errors_of, write
from tests.constructs.support.refreshes import EVERY_NIGHT, refreshed_job
from tests.constructs.support.stacks import add_job, new_stack

Refresh = Callable[[DatasetImportJob], object]
REFRESHES: list[Refresh] = [
    lambda job: job.refresh_on_schedule("Refresh", schedule=EVERY_NIGHT),
    lambda job: job.refresh_on_upload("Refresh"),
    ImportTarget,
]
EVERY_WAY = pytest.mark.parametrize("refresh", REFRESHES, ids=["schedule", "upload", "target"])
QUIET_PERIOD = "a Duration from 10 seconds to 6 hours, in whole seconds"


@EVERY_WAY
def test_asset_files_are_rejected_because_they_change_only_with_a_deploy(refresh: Refresh, tmp_path: Path) -> None:
    job = add_asset_job(new_stack(), write(tmp_path / "items.csv", GOOD))

    with pytest.raises(ValidationError, match=r"^Stack/Job: data_source must be in S3 for a refresh, got asset files"):
        refresh(job)


@EVERY_WAY
def test_a_provider_that_does_not_allow_preflight_is_rejected_because_files_are_compared(refresh: Refresh) -> None:
    stack = new_stack()
    token = "arn:aws:lambda:eu-west-1:123456789012:function:imports"
    provider = DatasetImportProvider.from_provider_attributes(
        stack, "Imports", service_token=token, import_role_path="/team/"
    )

    with pytest.raises(ValidationError, match=r"^Stack/Job: a refresh that compares files needs a provider"):
        refresh(add_job(stack, provider=provider))
    ImportTarget(add_job(stack, "Always", provider=provider), always=True)


@EVERY_WAY
def test_an_incremental_import_that_deploys_compare_is_rejected_because_it_adds_files_again(refresh: Refresh) -> None:
    job = refreshed_job(import_mode="INCREMENTAL", reimport=Reimport.when_data_changes())
    with pytest.raises(ValidationError, match=r"^Stack/Job: reimport must not be Reimport.when_data_changes\(\)"):
        refresh(job)

    refresh(refreshed_job(import_mode="FULL", reimport=Reimport.when_data_changes()))


@pytest.mark.parametrize("value", ["INCREMENTAL", cdk.Fn.import_value("mode")], ids=["INCREMENTAL", "a token"])
def test_always_is_only_for_full_imports(value: str) -> None:
    job = refreshed_job(import_mode=value)
    if "Token" in value:  # it may be FULL
        ImportTarget(job, always=True)
        return

    with pytest.raises(ValidationError, match=r"^Stack/Job: always must be omitted for an INCREMENTAL .* True$"):
        ImportTarget(job, always=True)
    with pytest.raises(ValidationError, match=r"^Stack/Job: always must be omitted for an INCREMENTAL import"):
        job.refresh_on_schedule("Nightly", schedule=EVERY_NIGHT, always=True)


@pytest.mark.parametrize("value", ["true", 1, 0, ""])
def test_always_must_be_a_boolean(value: Any) -> None:
    with pytest.raises(ValidationError, match=f"always must be True or False, got {value!r}"):
        ImportTarget(refreshed_job(), always=value)


@pytest.mark.parametrize(
    ("value", "given"),
    [
        (cdk.Duration.seconds(9), "9 seconds"),
        (cdk.Duration.seconds(0), "0 seconds"),
        (cdk.Duration.seconds(21_601), "21601 seconds"),
        (cdk.Duration.millis(10_500), "10.5 seconds"),
        (cdk.Duration.seconds(cdk.Token.as_number({"Ref": "Quiet"})), "a token"),
        (60, "60"),
        (0, "0"),
        ("1 minute", "'1 minute'"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_invalid_quiet_period_is_rejected_with_the_allowed_values(value: Any, given: str) -> None:
    job = refreshed_job()
    with pytest.raises(ValidationError, match=rf"^Stack/Job: quiet_period must be {QUIET_PERIOD}, got {given}$"):
        ImportTarget(job, quiet_period=value)
    with pytest.raises(ValidationError, match=rf"quiet_period must be {QUIET_PERIOD}, got {given}$"):
        job.refresh_on_upload("Uploads", quiet_period=value)


def test_each_invalid_argument_is_in_one_error() -> None:
    with pytest.raises(ValidationError, match=r"always must be .*; quiet_period must be"):
        ImportTarget(refreshed_job(), always="yes", quiet_period=5)  # type: ignore[arg-type]


def test_a_data_source_outside_the_app_can_be_refreshed() -> None:
    stack = new_stack()
    add_job(stack, data_source=DataSource.from_s3_uri("s3://their-data/a/")).refresh_on_upload("Uploads")

    assert errors_of(stack) == []
