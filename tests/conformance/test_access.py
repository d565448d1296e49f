"""Access to the data: locations, bucket policies and import roles."""

from typing import Any

from tests.conformance.support.assumptions import Mark, assumption
from tests.conformance.support.data import USERS
from tests.conformance.support.imports import EndedJob, Imports
from tests.conformance.support.recording import Observations
from tests.conformance.support.resources import ACTIVE, Resources
from tests.conformance.support.target import Target

_ERRORS = "https://docs.aws.amazon.com/personalize/latest/dg/error-messages.html"


@assumption(
    "A location without any object is refused: InvalidInputException with the text 'Invalid Data location.'.",
    mark=Mark.ASSUMED,
    source=_ERRORS,
    jobs=1,
)
def test_a_location_without_data_is_refused(seen: Observations, imports: Imports, users: str, bucket: str) -> None:
    error = imports.refusal(users, f"s3://{bucket}/missing.csv")

    assert seen.error(error, "invalid_data_location") == "InvalidInputException"


@assumption(
    "A bucket without a policy for Personalize is refused: InvalidInputException that names the bucket.",
    mark=Mark.ASSUMED,
    source="https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html",
    jobs=1,
)
def test_a_bucket_without_a_policy_is_refused(
    seen: Observations, imports: Imports, resources: Resources, users: str
) -> None:
    bucket = resources.bucket("private", readable=False)
    error = imports.refusal(users, resources.put(bucket, "users.csv", USERS))

    assert seen.error(error, "no_access_to_data", bucket=bucket) == "InvalidInputException"
    assert bucket in str(error)


@assumption("A role that trusts another service is refused: InvalidInputException.", mark=Mark.ASSUMED, jobs=1)
def test_a_role_that_trusts_another_service_is_refused(
    seen: Observations, imports: Imports, resources: Resources, users: str, location: str
) -> None:
    role = resources.role("untrusting", trusted="lambda.amazonaws.com")
    error = imports.refusal(users, location, role=role)

    assert seen.error(error, "role_not_assumable", role_arn=role) == "InvalidInputException"


@assumption("A role that does not exist is refused: InvalidInputException.", mark=Mark.ASSUMED, jobs=1)
def test_a_role_that_does_not_exist_is_refused(
    seen: Observations, imports: Imports, users: str, location: str, role: str
) -> None:
    missing = f"{role}-missing"
    error = imports.refusal(users, location, role=missing)

    assert seen.error(error, "role_not_assumable", role_arn=missing) == "InvalidInputException"


@assumption(
    "A new role can be used within three minutes; until then, jobs are refused with InvalidInputException.",
    mark=Mark.ASSUMED,
    source="https://github.com/aws-samples/amazon-personalize-samples",
)
def test_a_new_role_can_be_used_within_three_minutes(
    seen: Observations, first_job: tuple[EndedJob, list[dict[str, Any]]]
) -> None:
    job, refusals = first_job
    seen["refusals"] = refusals

    assert {refusal["Code"] for refusal in refusals} <= {"InvalidInputException"}
    assert job.status == ACTIVE


@assumption("Data in a bucket of another Region can be imported.", mark=Mark.ASSUMED, jobs=1)
def test_a_bucket_of_another_region_can_be_imported(
    seen: Observations, imports: Imports, target: Target, resources: Resources, users: str
) -> None:
    other = next(region for region in ("eu-west-1", "us-east-1") if region != target.region)
    location = resources.put(resources.bucket("other-region", region=other), "users.csv", USERS)
    seen["region_of_bucket"] = other

    assert imports.result(seen, users, location) == ACTIVE
