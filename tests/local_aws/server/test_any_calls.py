"""Generated calls of Personalize over HTTPS: no 5xx, and no error in the server's log."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPSConnection, RemoteDisconnected
from ssl import create_default_context

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from personalize_local.server.options import Options
from tests.deploy.support.cloud import LOG, Cloud
from tests.local_aws.support.any_calls import Call, calls
from tests.local_aws.support.server_setup import REGION, make_dataset, make_import_role, put_users

Send = Callable[[str, bytes], tuple[int, bytes]]


def sender(cloud: Cloud) -> Send:
    """Return a function that sends a signed call over one connection, and returns status and body of the response."""
    environment = cloud.aws.environment
    keys = Credentials(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"])
    context = create_default_context(cafile=environment["AWS_CA_BUNDLE"])
    connection = HTTPSConnection(
        "127.0.0.1", int(cloud.aws.endpoint_url.rpartition(":")[2]), context=context, timeout=60
    )

    def send(operation: str, body: bytes) -> tuple[int, bytes]:
        headers = {"X-Amz-Target": f"AmazonPersonalize.{operation}", "Content-Type": "application/x-amz-json-1.1"}
        request = AWSRequest(method="POST", url=f"{cloud.aws.endpoint_url}/", data=body, headers=headers)
        SigV4Auth(keys, "personalize", REGION).add_auth(request)
        try:
            connection.request("POST", "/", body, dict(request.headers.items()))
            response = connection.getresponse()
        except RemoteDisconnected:  # the server ends connections now and then, as it may
            connection.close()
            connection.request("POST", "/", body, dict(request.headers.items()))
            response = connection.getresponse()
        return response.status, response.read()

    return send


def search(number: int, send: Send) -> Counter[int]:
    statuses: Counter[int] = Counter()

    @settings(max_examples=number, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(calls(Options.account), min_size=5, max_size=20))
    def sequences(steps: list[Call]) -> None:
        for operation, body in steps:
            status, answer = send("".join(filter(str.isalnum, operation.encode("ascii", "ignore").decode())), body)
            assert status in {200, 400}, (operation, body[:200], answer[:500])
            statuses[status] += 1

    sequences()
    return statuses


@contextmanager
def no_traceback_is_logged(cloud: Cloud) -> Iterator[None]:
    """Check the log of the block only: clients that disconnect in other tests leave tracebacks."""
    before = (cloud.folder / LOG).stat().st_size
    yield
    assert b"Traceback" not in (cloud.folder / LOG).read_bytes()[before:]


def check(number: int, cloud: Cloud, record_property: Callable[[str, object], None]) -> None:
    with no_traceback_is_logged(cloud):
        statuses = search(number, sender(cloud))
    record_property("calls answered", dict(statuses))


def test_no_call_over_https_returns_5xx(cloud: Cloud, record_property: Callable[[str, object], None]) -> None:
    check(30, cloud, record_property)


@pytest.mark.nightly
def test_none_of_thousands_of_calls_over_https_returns_5xx(
    cloud: Cloud, record_property: Callable[[str, object], None]
) -> None:
    check(400, cloud, record_property)


LOCATIONS = [
    *(
        "s3://_/",
        "s3://a b/x",
        "s3://\0/x",
        "s3://\ud800/x",
        f"s3://{'a' * 200}/x",
        "s3://../x",
        "s3://arn:aws:s3:::x/y",
    ),
    *(
        "s3://{bucket}/\ud800",
        "s3://{bucket}/\0",
        "s3://{bucket}/%zz",
        "s3://{bucket}/../x",
        "s3://{bucket}/" + "a" * 200,
    ),
    *("s3://{bucket}//", "s3://{bucket}/?a=b#c", "https://{bucket}.s3.amazonaws.com/x"),
]


def test_an_invalid_location_in_s3_is_refused(cloud: Cloud, name: str) -> None:
    bucket = name[:40]
    dataset, role = make_dataset(cloud, name), make_import_role(cloud, bucket)
    put_users(cloud, bucket)
    send = sender(cloud)
    with no_traceback_is_logged(cloud):
        for location in LOCATIONS:
            source = {"dataLocation": location.replace("{bucket}", bucket)}
            parameters = {"jobName": name, "datasetArn": dataset, "dataSource": source, "roleArn": role}
            status, answer = send("CreateDatasetImportJob", json.dumps(parameters).encode())
            assert (status, json.loads(answer)["__type"]) in {
                (400, "InvalidInputException"),
                (400, "ValidationException"),
            }, (location, answer)
