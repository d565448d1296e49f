"""Requests that are too large or nested too deeply get a status 4xx from every service and leave the server running."""

import json
import re
from collections.abc import Iterable
from http.client import HTTPSConnection
from pathlib import Path
from ssl import create_default_context

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.deploy.support.cloud import Cloud
from tests.local_aws.support.server_setup import REGION

DEEP = {
    "lists": b"[" * 100_000 + b"]" * 100_000,
    "objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "unfinished lists": b"[" * 100_000,
    "lists after closing brackets in a string": b'["' + b"]" * 200 + b'\\"",' + b"[" * 150 + b"]" * 151,
}
CALLS = {
    "Personalize": ("/", "personalize", {"X-Amz-Target": "AmazonPersonalize.ListSchemas"}),
    "the control API": ("/_personalize/settings", "personalize", {}),
    "Step Functions": ("/", "states", {"X-Amz-Target": "AWSStepFunctions.ListStateMachines"}),
    "Lambda": ("/2015-03-31/functions", "lambda", {}),
}
MEGABYTE = b" " * 1_000_000
BOUND_BYTES = 60_000_000


@pytest.mark.parametrize("deep", DEEP)
@pytest.mark.parametrize("call", CALLS)
def test_values_that_are_nested_too_deeply_are_refused(cloud: Cloud, call: str, deep: str) -> None:
    status, text = post(cloud, call, [DEEP[deep]], len(DEEP[deep]))
    assert status == 400
    assert "nested more than 100 levels deep" in json.loads(text)["message"]


def test_brackets_in_a_string_are_no_nesting(cloud: Cloud) -> None:
    body = json.dumps({"name": "[" * 1000}).encode()
    status, text = post(cloud, "Personalize", [body], len(body))
    assert (status, json.loads(text)["__type"]) == (400, "ValidationException")


@pytest.mark.parametrize("declares_its_length", [True, False])
@pytest.mark.parametrize("call", ["Personalize", "the control API", "Lambda"])
def test_a_body_of_200_megabytes_is_refused(cloud: Cloud, call: str, *, declares_its_length: bool) -> None:
    Path(f"/proc/{cloud.aws.pid}/clear_refs").write_text("5")  # reset the peak
    before = peak_memory(cloud)
    status, text = post(cloud, call, [MEGABYTE] * 200, 200_000_000 if declares_its_length else None)
    assert status == 413
    assert "the largest allowed size is 100000000 bytes" in json.loads(text)["message"]
    if declares_its_length:
        assert peak_memory(cloud) - before < BOUND_BYTES
    cloud.personalize.list_schemas()


def test_a_response_of_a_custom_resource_with_200_megabytes_is_refused(cloud: Cloud) -> None:
    path = "/_ministack/cfn-response/01234567-89ab-cdef-0123-456789abcdef"
    status, _text = exchange(cloud, "PUT", path, [MEGABYTE] * 200, {"Content-Length": "200000000"})
    assert status == 413


def peak_memory(cloud: Cloud) -> int:
    [kilobytes] = re.findall(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{cloud.aws.pid}/status").read_text())
    return int(kilobytes) * 1024


def post(cloud: Cloud, call: str, body: Iterable[bytes], length: int | None) -> tuple[int, str]:
    """Send a signed request, and return the status and the text of the response."""
    path, service, target = CALLS[call]
    headers = {**target, "Content-Type": "application/x-amz-json-1.1", "X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"}
    request = AWSRequest(method="POST", url=f"{cloud.aws.endpoint_url}{path}", headers=headers)
    environment = cloud.aws.environment
    credentials = Credentials(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"])
    SigV4Auth(credentials, service, REGION).add_auth(request)
    framing = {"Transfer-Encoding": "chunked"} if length is None else {"Content-Length": str(length)}
    return exchange(cloud, "POST", path, body, {**dict(request.headers.items()), **framing})


def exchange(cloud: Cloud, method: str, path: str, body: Iterable[bytes], headers: dict[str, str]) -> tuple[int, str]:
    context = create_default_context(cafile=cloud.aws.environment["AWS_CA_BUNDLE"])
    port = int(cloud.aws.endpoint_url.rpartition(":")[2])
    connection = HTTPSConnection("127.0.0.1", port, context=context, timeout=60)
    try:
        connection.request(method, path, body, headers, encode_chunked="Transfer-Encoding" in headers)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()
