"""The `Date` header, in order with all other times for boto3, and without skew for SDKs that correct their clock."""

import time
import urllib.error
import urllib.request
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from ssl import create_default_context
from typing import Any

import pytest
from botocore.exceptions import ClientError

from personalize_local.authentication.keys import Keys, new_keys
from personalize_local.authentication.signatures import sign
from tests.deploy.support.cloud import Cloud
from tests.local_aws.support.server_setup import REGION, client_of
from tests.support.until import until

CALLS: dict[str, Callable[[Cloud], Any]] = {
    "Personalize": lambda cloud: cloud.personalize.list_schemas(),
    "S3": lambda cloud: cloud.client("s3").list_buckets(),
    "IAM": lambda cloud: cloud.client("iam").list_roles(),
    "CloudFormation": lambda cloud: cloud.client("cloudformation").list_stacks(),
    "Step Functions": lambda cloud: cloud.client("stepfunctions").list_state_machines(),
    "a bucket that does not exist": lambda cloud: cloud.client("s3").head_bucket(Bucket="nothing-here"),
    "a stack that does not exist": lambda cloud: cloud.client("cloudformation").describe_stacks(StackName="nothing"),
    "a stranger": lambda cloud: client_of(
        cloud, "s3", {"AccessKeyId": new_keys().access_key_id, "SecretAccessKey": "test"}
    ).list_buckets(),
}


@pytest.fixture(autouse=True)
def _simulated_clock_is_ahead(cloud: Cloud) -> None:
    until(lambda: simulated(cloud) > time.time() + 60)


def simulated(cloud: Cloud) -> float:
    return float(cloud.aws.control("GET", "status")["now"])


def date_of(call: Callable[[Cloud], Any], cloud: Cloud) -> float:
    try:
        response = call(cloud)
    except ClientError as error:
        response = error.response
    return parsedate_to_datetime(response["ResponseMetadata"]["HTTPHeaders"]["date"]).timestamp()


@pytest.mark.parametrize("call", CALLS)
def test_boto3_receives_the_simulated_time_from_every_service(cloud: Cloud, call: str) -> None:
    before = simulated(cloud)
    date = date_of(CALLS[call], cloud)
    assert before - 1 <= date <= simulated(cloud)


@pytest.mark.parametrize("path", ["/", "/nothing-here/nothing", "/_personalize/status", "/_personalize/nothing"])
@pytest.mark.parametrize("agent", ["aws-sdk-js/3.900.0 ua/2.1 lang/js", "aws-sdk-go-v2/1.30.0", ""])
@pytest.mark.parametrize("is_stranger", [False, True])
def test_an_sdk_that_corrects_its_clock_receives_the_real_time(
    cloud: Cloud, agent: str, path: str, *, is_stranger: bool
) -> None:
    environment = cloud.aws.environment
    root = Keys(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"])
    url = f"{cloud.aws.endpoint_url}{path}"
    headers = {**sign("GET", url, b"", new_keys() if is_stranger else root, REGION), "User-Agent": agent}
    before = time.time()
    dates = dates_in_response(urllib.request.Request(url, headers=headers), environment["AWS_CA_BUNDLE"])
    assert len(dates) == 1
    assert before - 1 <= parsedate_to_datetime(dates[0]).timestamp() <= time.time()


def dates_in_response(request: urllib.request.Request, authority: str) -> list[str]:
    context = create_default_context(cafile=authority)
    try:
        with urllib.request.urlopen(request, timeout=30, context=context) as response:
            headers = response.headers
    except urllib.error.HTTPError as error:
        with error:
            headers = error.headers
    return [value for name, value in headers.items() if name.lower() == "date"]
