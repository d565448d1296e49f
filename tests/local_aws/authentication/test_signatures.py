"""Signatures of botocore are accepted, and refused if the signed request was changed."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from personalize_local.authentication.keys import Keys, new_keys
from personalize_local.authentication.received_request import ReceivedRequest, canonical_query
from personalize_local.authentication.signature_parsing import parse_signature
from personalize_local.authentication.signatures import SignatureError, sign, verify

KEYS = new_keys()
HOST = "https://127.0.0.1:4566"
DAY = 24 * 3600


def received(method: str, url: str, headers: Mapping[str, Any]) -> ReceivedRequest:
    path, _, query = url.removeprefix(HOST).partition("?")
    sent = {"host": HOST.removeprefix("https://"), "user-agent": "any", "accept-encoding": "identity"}
    lines = {**sent, **{name.lower(): str(value) for name, value in headers.items()}}
    return ReceivedRequest(method, path, query, tuple(lines.items()))


def signed(url: str, *, body: bytes = b"", service: str = "personalize", method: str = "POST") -> ReceivedRequest:
    request = AWSRequest(method=method, url=f"{HOST}{url}", data=body, headers={"X-Amz-Target": "AmazonPersonalize.X"})
    signer = S3SigV4Auth if service == "s3" else SigV4Auth
    signer(Credentials(KEYS.access_key_id, KEYS.secret_access_key), service, "eu-west-1").add_auth(request)
    return received(method, request.url or "", dict(request.headers.items()))


def refusal(request: ReceivedRequest, body: bytes = b"", *, keys: Keys = KEYS, after: float = 0) -> str:
    """Verify as the server does; return the code of the refusal, or nothing."""
    try:
        claim = parse_signature(request)
        assert claim.access_key_id == keys.access_key_id
        verify(claim, request, body, keys.secret_access_key, time.time() + after)
    except SignatureError as error:
        return error.code
    return ""


def with_header(request: ReceivedRequest, name: str, value: str) -> ReceivedRequest:
    return replace(request, headers=tuple((other, value if other == name else old) for other, old in request.headers))


@pytest.mark.parametrize("service", ["personalize", "s3", "execute-api"])
@pytest.mark.parametrize("url", ["/", "/a%20b//c/../d%2Fe", "/x?list-type=2&prefix=a%20b%2Bc&empty=", "/?b=2&a=1&a=0"])
def test_what_botocore_signs_in_the_header_is_accepted(service: str, url: str) -> None:
    assert refusal(signed(url, body=b"{}", service=service), b"{}") == ""


def test_a_signed_request_to_the_control_api_is_accepted() -> None:
    url = f"{HOST}/_personalize/rows?{canonical_query('dataset_arn=arn:aws:personalize:x:y:dataset/a/ITEMS&limit=5')}"
    assert refusal(received("GET", url, sign("GET", url, b"", KEYS, "eu-west-1"))) == ""


def client(version: str) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=HOST,
        region_name="eu-west-1",
        aws_access_key_id=KEYS.access_key_id,
        aws_secret_access_key=KEYS.secret_access_key,
        config=Config(signature_version=version, s3={"addressing_style": "path"}),
    )


@pytest.mark.parametrize("version", ["s3v4", "s3"])
def test_a_pre_signed_url_of_s3_is_accepted_until_it_expires(version: str) -> None:
    url = client(version).generate_presigned_url(
        "get_object", Params={"Bucket": "b", "Key": "a b+c/ü.csv", "ResponseContentType": "text/plain"}, ExpiresIn=60
    )
    request = received("GET", url, {})
    assert refusal(request) == ""
    assert refusal(request, after=61) in {"RequestTimeTooSkewed", "AccessDenied"}
    assert refusal(replace(request, path="/b/other.csv")) == "SignatureDoesNotMatch"
    assert refusal(replace(request, method="PUT")) == "SignatureDoesNotMatch"
    assert refusal(request, keys=replace(KEYS, secret_access_key="test")) == "SignatureDoesNotMatch"


def test_a_url_that_is_signed_for_another_service_is_accepted() -> None:
    request = AWSRequest(method="GET", url=f"{HOST}/?Action=GetCallerIdentity")
    SigV4QueryAuth(Credentials(KEYS.access_key_id, KEYS.secret_access_key), "sts", "eu-west-1").add_auth(request)
    assert refusal(received("GET", request.url or "", {})) == ""


@pytest.mark.parametrize(
    "change",
    [
        lambda request: replace(request, path="/other"),
        lambda request: replace(request, path="/a#b"),
        lambda request: replace(request, query="a=2"),
        lambda request: replace(request, query="a=1&b=2"),
        lambda request: replace(request, method="PUT"),
        lambda request: with_header(request, "x-amz-target", "AmazonPersonalize.Y"),
        lambda request: with_header(request, "host", "elsewhere"),
        lambda request: with_header(request, "x-amz-date", "20200101T000000Z"),
        lambda request: replace(request, headers=(("x-amz-target", "AmazonPersonalize.Y"), *request.headers)),
    ],
)
def test_a_request_that_was_changed_after_signing_is_refused(
    change: Callable[[ReceivedRequest], ReceivedRequest],
) -> None:
    assert refusal(change(signed("/a?a=1", body=b"{}")), b"{}") in {"SignatureDoesNotMatch", "IncompleteSignature"}


@pytest.mark.parametrize("service", ["personalize", "s3"])
def test_a_request_with_another_body_is_refused(service: str) -> None:
    assert refusal(signed("/a", body=b"{}", service=service), b'{"a": 1}') == "SignatureDoesNotMatch"


@pytest.mark.parametrize("seconds", [-16 * 60, 16 * 60])
def test_a_signature_is_valid_for_fifteen_minutes_around_its_time(seconds: float) -> None:
    assert refusal(signed("/"), after=seconds) == "RequestTimeTooSkewed"
    assert refusal(signed("/"), after=seconds * 14 / 16) == ""


def test_another_secret_is_refused() -> None:
    assert refusal(signed("/"), keys=replace(KEYS, secret_access_key="test")) == "SignatureDoesNotMatch"


@pytest.mark.parametrize(
    "second",
    [
        "X-Amz-Credential=000000000000/20251127/eu-west-1/s3/aws4_request",
        "x-amz-credential=000000000000/20251127/eu-west-1/s3/aws4_request",
        "AWSAccessKeyId=000000000000",
        "%41WSAccessKeyId=000000000000",
        "Authorization=AWS",
    ],
)
def test_a_request_that_names_two_keys_is_refused(second: str) -> None:
    """Who signs with the keys of a role would otherwise be another caller for the service behind."""
    url = client("s3v4").generate_presigned_url("list_buckets")
    for request in (received("GET", f"{url}&{second}", {}), received("GET", url.replace("?", f"?{second}&"), {})):
        assert refusal(request) == "IncompleteSignature"
    assert refusal(signed(f"/?{second}")) == "IncompleteSignature"


def test_each_key_is_different() -> None:
    assert len({new_keys() for _ in range(100)}) == 100
    assert KEYS.secret_access_key not in repr(KEYS)


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "AWS test:test",
        "Bearer x",
        "AWS4-HMAC-SHA256 Credential=/////, SignedHeaders=, Signature=",
        "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=" + "0" * 64,
        "AWS4-HMAC-SHA256 Credential=a/b/c/d/e/f, SignedHeaders=host, Signature=" + "ü" * 64,
        "AWS4-ECDSA-P256-SHA256 Credential=a/b/c/d/e, SignedHeaders=host, Signature=" + "0" * 64,
    ],
)
@pytest.mark.parametrize("query", ["", "X-Amz-Credential=a/b/c/d/e", "AWSAccessKeyId=a", "X-Amz-Credential=%FF&="])
@pytest.mark.parametrize("path", ["/", "*", "http://other/", "/\x00"])
def test_a_malformed_signature_is_refused(authorization: str, query: str, path: str) -> None:
    headers = (("host", "h"), *([("authorization", authorization)] if authorization else []))
    with pytest.raises(SignatureError) as refused:
        parse_signature(ReceivedRequest("GET", path, query, headers))
    assert refused.value.code in {"IncompleteSignature", "MissingAuthenticationToken"}


@pytest.mark.parametrize("date", ["", "20251127", "20251127Tnow", "99999999T999999Z", "00000101T000000Z"])
def test_a_malformed_date_is_refused(date: str) -> None:
    request = with_header(signed("/"), "x-amz-date", date)
    credential = request.header("authorization").replace(f"/{time.strftime('%Y%m%d', time.gmtime())}/", f"/{date[:8]}/")
    assert refusal(with_header(request, "authorization", credential)) == "IncompleteSignature"


@pytest.mark.parametrize("name", ["x-amz-target", "x-amz-copy-source", "x-amz-acl"])
@pytest.mark.parametrize("operation", ["get_object", "put_object", None])
def test_a_header_of_aws_that_is_not_signed_is_refused(operation: str | None, name: str) -> None:
    """Otherwise a leaked URL of one object could call any service: ministack goes by X-Amz-Target first."""
    if operation is None:
        unsigned = AWSRequest(method="POST", url=f"{HOST}/a")
        SigV4Auth(Credentials(KEYS.access_key_id, KEYS.secret_access_key), "lambda", "eu-west-1").add_auth(unsigned)
        request = received("POST", f"{HOST}/a", dict(unsigned.headers.items()))
    else:
        request = received("PUT" if operation == "put_object" else "GET", pre_signed(operation), {})
    assert refusal(request) == ""
    added = replace(request, headers=(*request.headers, (name, "AmazonPersonalize.ListSchemas")))
    assert refusal(added) == "AccessDenied"


def pre_signed(operation: str) -> str:
    return str(client("s3v4").generate_presigned_url(operation, Params={"Bucket": "shop", "Key": "a"}))
