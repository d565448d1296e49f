"""Requests without the server's keys, as of another user of the machine, are refused with 403."""

import hashlib
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http.client import HTTPSConnection
from ssl import create_default_context
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from personalize_local.authentication.keys import Keys, new_keys
from personalize_local.authentication.signatures import sign
from tests.deploy.support.cloud import Cloud
from tests.local_aws.support.functions import invoke
from tests.local_aws.support.server_setup import REGION, allow, client_of, make_role, trust

ROOT_ACCOUNT = "000000000000"


def computed_from_arns(_cloud: Cloud) -> Keys:
    """The keys of a function as ministack would make them."""
    arns = f"arn:aws:lambda:{REGION}:{ROOT_ACCOUNT}:function:f:arn:aws:iam::{ROOT_ACCOUNT}:role/f"
    digest = hashlib.sha256(arns.encode()).hexdigest()
    return Keys(f"ASIA{digest[:16].upper()}", hashlib.sha256(f"secret:{digest}".encode()).hexdigest())


STRANGERS: dict[str, Callable[[Cloud], Keys]] = {
    "the keys of everybody": lambda _cloud: Keys("test", "test"),
    "the number of the account": lambda _cloud: Keys(ROOT_ACCOUNT, "test"),
    "the number of another account": lambda _cloud: Keys("111122223333", "test"),
    "keys of another server": lambda _cloud: new_keys(),
    "the right id and another secret": lambda cloud: Keys(cloud.aws.environment["AWS_ACCESS_KEY_ID"], "test"),
    "keys computed from ARNs": computed_from_arns,
}
ATTEMPTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "buckets": ("s3", "list_buckets", {}),
    "functions": ("lambda", "list_functions", {}),
    "an invocation": ("lambda", "invoke", {"FunctionName": "anything"}),
    "a stack": ("cloudformation", "create_stack", {"StackName": "planted", "TemplateBody": '{"Resources": {}}'}),
    "another role": (
        "sts",
        "assume_role",
        {"RoleArn": f"arn:aws:iam::{ROOT_ACCOUNT}:role/x", "RoleSessionName": "stranger"},
    ),
    "who that is": ("sts", "get_caller_identity", {}),
    "a user": ("iam", "create_user", {"UserName": "planted"}),
    "schemas": ("personalize", "list_schemas", {}),
}


@pytest.mark.parametrize("attempt", ATTEMPTS)
@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_request_without_the_keys_is_refused(cloud: Cloud, stranger: str, attempt: str) -> None:
    service, operation, arguments = ATTEMPTS[attempt]
    keys = STRANGERS[stranger](cloud)
    credentials = {"AccessKeyId": keys.access_key_id, "SecretAccessKey": keys.secret_access_key}
    with pytest.raises(ClientError) as refused:
        getattr(client_of(cloud, service, credentials), operation)(**arguments)
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert "AccessDenied" not in refused.value.response["Error"]["Code"], "who has no keys is nobody"


def status_of(
    cloud: Cloud, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """Send a request unchanged, and return the status and the text of the response."""
    url = f"{cloud.aws.endpoint_url}{path}"
    request = urllib.request.Request(url, body or None, dict(headers or {}), method=method)
    context = create_default_context(cafile=cloud.aws.environment["AWS_CA_BUNDLE"])
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    try:
        with opener.open(request, timeout=30) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("PUT", "/planted-bucket"),
        ("GET", "/_personalize/status"),
        ("GET", "/%5Fpersonalize/status"),
        ("GET", "/_personalize/rows?dataset_arn=arn:aws:personalize:eu-west-1:000000000000:dataset/a/ITEMS"),
        ("POST", "/_personalize/faults"),
        ("POST", "/_personalize/reset"),
        ("POST", "/_ministack/reset"),
        ("POST", "/_ministack/config"),
        ("GET", "/_ministack/health"),
        ("GET", "/_ministack/cfn-response/01234567-89ab-cdef-0123-456789abcdef"),
        ("PUT", "/_ministack/cfn-response/01234567-89ab-cdef-0123-456789abcdef/../../config"),
        ("GET", "/2015-03-31/functions/"),
        ("POST", "/2015-03-31/functions/any/invocations"),
        ("GET", "/latest/meta-data/iam/security-credentials/"),
        ("POST", "/?Action=AssumeRoleWithWebIdentity&RoleArn=x&RoleSessionName=x&WebIdentityToken=x"),
        ("POST", "/?Action=CreateStack&StackName=planted&TemplateBody={}"),
        ("OPTIONS", "/"),
        ("HEAD", "/"),
    ],
)
@pytest.mark.parametrize(
    "headers", [{}, {"X-Amz-Target": "AmazonPersonalize.ListSchemas"}, {"Authorization": "AWS x:y"}]
)
def test_a_request_that_is_not_signed_is_refused(cloud: Cloud, method: str, path: str, headers: dict[str, str]) -> None:
    status, _text = status_of(cloud, method, path, b"{}" if method == "POST" else b"", headers)
    assert status == 403


def test_a_websocket_is_refused(cloud: Cloud) -> None:
    context = create_default_context(cafile=cloud.aws.environment["AWS_CA_BUNDLE"])
    connection = HTTPSConnection(
        "127.0.0.1", int(cloud.aws.endpoint_url.rpartition(":")[2]), context=context, timeout=30
    )
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    connection.request("GET", "/mqtt", headers={**upgrade, "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="})
    assert connection.getresponse().status == 403


def test_a_response_to_cloudformation_reaches_no_other_service(cloud: Cloud) -> None:
    """Its path is open: a request for it that names a bucket as its host would otherwise go to S3, unsigned."""
    path = "/_ministack/cfn-response/01234567-89ab-cdef-0123-456789abcdef"
    headers = {"Host": "planted-by-host.s3.amazonaws.com", "X-Amz-Target": "AmazonPersonalize.ListSchemas"}
    assert status_of(cloud, "PUT", path, b"{}", headers) == (200, "")
    assert "planted-by-host" not in [bucket["Name"] for bucket in cloud.s3.list_buckets()["Buckets"]]


def signed(cloud: Cloud, url: str, body: bytes, keys: Keys | None = None) -> dict[str, str]:
    environment = cloud.aws.environment
    keys = keys or Keys(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"])
    return dict(sign("POST", f"{cloud.aws.endpoint_url}{url}", body, keys, REGION))


def test_a_signed_request_can_not_be_changed(cloud: Cloud) -> None:
    faults, body = "/_personalize/faults?", json.dumps({"operation": "ListSchemas"}).encode()
    headers = signed(cloud, faults, body)
    assert status_of(cloud, "POST", faults, body.replace(b"ListSchemas", b"CreateSchema"), headers)[0] == 403
    assert status_of(cloud, "POST", "/_personalize/reset?", body, headers)[0] == 403
    assert status_of(cloud, "DELETE", faults, body, headers)[0] == 403
    assert cloud.aws.control("GET", "status")["faults"] == []


def test_a_request_signed_sixteen_minutes_ago_is_refused_at_any_simulated_time(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cloud.aws.control("GET", "status")["now"]
    sixteen_minutes_ago = datetime.fromtimestamp(time.time() - 16 * 60, UTC)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: sixteen_minutes_ago)
    status, text = status_of(cloud, "GET", "/_personalize/status?", b"", signed(cloud, "/_personalize/status?", b""))
    assert (status, "expired" in text) == (403, True)


def test_the_keys_of_a_role_do_not_allow_the_control_api(cloud: Cloud, name: str) -> None:
    role = make_role(cloud, name, allow("*"), trusting=trust({"AWS": f"arn:aws:iam::{ROOT_ACCOUNT}:root"}, {}))
    session = cloud.client("sts").assume_role(RoleArn=role, RoleSessionName="session")["Credentials"]
    assert client_of(cloud, "s3", session).list_buckets()["Buckets"] is not None
    keys = Keys(session["AccessKeyId"], session["SecretAccessKey"])
    headers = signed(cloud, "/_personalize/reset?", b"{}", keys)
    token = {"X-Amz-Security-Token": session["SessionToken"]}
    status, text = status_of(cloud, "POST", "/_personalize/reset?", b"{}", {**headers, **token})
    assert (status, "Only the root of the account" in text) == (403, True)


def test_the_keys_of_a_function_are_random(cloud: Cloud, name: str, function: str) -> None:
    assert len(invoke(cloud, function)) == 1
    config = cloud.client("lambda").get_function(FunctionName=function)["Configuration"]
    digest = hashlib.sha256(f"{config['FunctionArn']}:{config['Role']}".encode()).hexdigest()
    credentials = {
        "AccessKeyId": f"ASIA{digest[:16].upper()}",
        "SecretAccessKey": hashlib.sha256(f"secret:{digest}".encode()).hexdigest(),
        "SessionToken": hashlib.sha256(f"token:{digest}".encode()).hexdigest(),
    }
    with pytest.raises(ClientError, match="security token"):
        client_of(cloud, "sts", credentials).get_caller_identity()


def test_a_pre_signed_url_needs_no_other_keys(cloud: Cloud, name: str) -> None:
    cloud.put(name, "a b.txt", "as written")
    url = cloud.s3.generate_presigned_url("get_object", Params={"Bucket": name, "Key": "a b.txt"})
    path = url.removeprefix(cloud.aws.endpoint_url)
    assert status_of(cloud, "GET", path) == (200, "as written")
    assert status_of(cloud, "GET", path.replace("a%20b", "c"))[0] == 403
    assert status_of(cloud, "DELETE", path)[0] == 403


def test_the_id_of_another_account_as_key_is_the_root_of_that_account(cloud: Cloud) -> None:
    secret = cloud.aws.environment["AWS_SECRET_ACCESS_KEY"]
    sts = client_of(cloud, "sts", {"AccessKeyId": "111122223333", "SecretAccessKey": secret})
    assert sts.get_caller_identity()["Account"] == "111122223333"


def test_each_server_has_different_keys(cloud: Cloud) -> None:
    assert cloud.aws.environment["AWS_ACCESS_KEY_ID"].startswith("AKIA")
    assert len(cloud.aws.environment["AWS_SECRET_ACCESS_KEY"]) == 40


def test_a_pre_signed_url_calls_no_other_service_and_copies_nothing(cloud: Cloud, name: str) -> None:
    cloud.put(name, "a.txt", "as written")
    environment = cloud.aws.environment
    keys = {"AccessKeyId": environment["AWS_ACCESS_KEY_ID"], "SecretAccessKey": environment["AWS_SECRET_ACCESS_KEY"]}
    s3 = client_of(cloud, "s3", keys, config=Config(signature_version="s3v4"))
    url = s3.generate_presigned_url("put_object", Params={"Bucket": name, "Key": "b.txt"})
    path = url.removeprefix(cloud.aws.endpoint_url)
    assert "X-Amz-Signature" in path
    for headers in ({"X-Amz-Target": "AmazonPersonalize.ListSchemas"}, {"X-Amz-Copy-Source": f"/{name}/a.txt"}):
        assert status_of(cloud, "PUT", path, b"{}", headers)[0] == 403


def test_a_pre_signed_url_does_not_post_the_form_of_another_service(cloud: Cloud, name: str) -> None:
    environment = cloud.aws.environment
    keys = {"AccessKeyId": environment["AWS_ACCESS_KEY_ID"], "SecretAccessKey": environment["AWS_SECRET_ACCESS_KEY"]}
    s3 = client_of(cloud, "s3", keys, config=Config(signature_version="s3v4"))
    cloud.put(name, "a.txt", "as written")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    body = b"Action=CreateUser&UserName=planted-by-form&Version=2010-05-08"
    for operation, method in (("create_multipart_upload", "POST"), ("put_object", "PUT")):
        url = s3.generate_presigned_url(operation, Params={"Bucket": name, "Key": "b.txt"})
        assert status_of(cloud, method, url.removeprefix(cloud.aws.endpoint_url), body, form)[0] == 200
    assert cloud.s3.get_object(Bucket=name, Key="b.txt")["Body"].read() == body
    assert "planted-by-form" not in [each["UserName"] for each in cloud.client("iam").list_users()["Users"]]
