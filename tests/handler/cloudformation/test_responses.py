"""Sending a response to CloudFormation over HTTPS, with endpoints that may fail."""

import json
import threading
import time
from collections.abc import Callable
from functools import partial

import pytest
import trustme
from hypothesis import example, given, settings
from hypothesis import strategies as st

from personalize_import_handler.cloudformation.responses import (
    ATTEMPT_THREAD,
    BODY_BYTES_MAX,
    NotDeliveredError,
    body_of,
    is_response_url,
    send,
)
from tests.handler.conftest import Log
from tests.handler.support.account import Account
from tests.handler.support.endpoint import QUIET_SECONDS, Act, Endpoint, serve, slow_handshake
from tests.handler.support.properties import properties
from tests.handler.support.simulator import CloudFormation

ANSWER = {"Status": "SUCCESS", "Reason": "", "PhysicalResourceId": "id", "Data": {"JobName": "nightly"}}
# Names of resources, which aren't part of what is tested, at their longest.
FRAME = {"Status": "FAILED", "PhysicalResourceId": "p" * 256, "StackId": "s" * 300, "RequestId": "r" * 36, "Data": {}}


def deadline(*acts: Act) -> float:
    """Return the seconds of an attempt: few only if the endpoint never answers, because a busy machine needs more."""
    return 0.5 if "never answer" in acts else 10


def test_a_response_is_sent_once_with_an_empty_content_type_and_the_query_of_its_url(endpoint: Endpoint) -> None:
    send(f"{endpoint.url}/stack?X-Amz-Signature=abc", ANSWER, sleep=lambda _: None)

    (put,) = endpoint.puts
    assert put.path == "/stack?X-Amz-Signature=abc"
    assert put.content_type == ""
    assert json.loads(put.body) == ANSWER


@pytest.mark.parametrize(
    "script",
    [
        [500, 500, 200],
        [403, 200],
        [503, 204],
        [307, 200],
        ["hang up", 200],
        ["talk nonsense", 200],
        ["never answer", 200],
    ],
)
def test_a_response_that_is_not_accepted_is_sent_again(script: list[Act], endpoint: Endpoint) -> None:
    endpoint.script = list(script)

    send(endpoint.url, ANSWER, sleep=lambda _: None, timeout_seconds=deadline(*script))

    assert [json.loads(put.body) for put in endpoint.puts] == [ANSWER] * len(script)


@pytest.mark.parametrize("act", [403, 500, "hang up", "talk nonsense", "never answer"])
def test_attempts_are_limited_with_increasing_pauses_and_then_raise_not_delivered(act: Act, endpoint: Endpoint) -> None:
    endpoint.script = [act] * 10
    slept: list[float] = []

    with pytest.raises(NotDeliveredError):
        send(endpoint.url, ANSWER, sleep=slept.append, timeout_seconds=deadline(act))

    assert len(endpoint.puts) == 5
    assert slept == [1, 2, 4, 8]


@pytest.mark.parametrize(
    ("act", "problem"),
    [
        (403, "HTTP 403"),
        ("hang up", "RemoteDisconnected"),
        ("talk nonsense", "BadStatusLine"),
        ("never answer", "(no response in time|TimeoutError)"),  # whichever is first
    ],
)
def test_the_last_problem_is_reported(act: Act, problem: str, endpoint: Endpoint) -> None:
    endpoint.script = [act] * 5

    with pytest.raises(NotDeliveredError, match=f"in 5 attempts, at last: {problem}"):
        send(endpoint.url, ANSWER, sleep=lambda _: None, timeout_seconds=deadline(act))


def test_an_invalid_host_is_reported() -> None:
    with pytest.raises(NotDeliveredError, match="UnicodeError"):
        send("https://a..b/", ANSWER, sleep=lambda _: None)


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("https://cloudformation-custom-resource-response-euwest1.s3.eu-west-1.amazonaws.com/arn%3Aaws?X-Amz=1", True),
        ("https://127.0.0.1:4566/stack?a=1", True),
        ("https://127.0.0.1:65536/stack", False),
        ("https://user:secret@example.com/", False),
        ("https://example.com/a b", False),
        ("https://example.com/a\nb", False),
        ("https://\u212aub.example/", False),
        ("https:///stack", False),
        ("http://example.com/", False),
        ("HTTPS://example.com/", False),
        ("", False),
        (None, False),
        (["https://example.com/"], False),
        ({"https://example.com/": ""}, False),
    ],
)
def test_a_response_url_is_https_and_names_a_host(url: object, *, is_one: bool) -> None:
    assert is_response_url(url) is is_one


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1:1/secret",
        "https://secret.invalid/",
        "not a url but secret",
        "https://127.0.0.1:1/secret\nnewline",
        "https://127.0.0.1:99999/secret",
        "https://user:secret@127.0.0.1/",
        "",
    ],
)
def test_an_unreachable_endpoint_raises_not_delivered_without_the_url(url: str, log: Log) -> None:
    with pytest.raises(NotDeliveredError) as not_delivered:
        send(url, ANSWER, sleep=lambda _: None, timeout_seconds=0.2)

    assert [text for text in [str(not_delivered.value), *log.lines] if "secret" in text] == []


def test_a_silent_endpoint_is_left_at_the_deadline_of_the_attempt(endpoint: Endpoint) -> None:
    endpoint.script = ["never answer"]

    send(endpoint.url, ANSWER, sleep=lambda _: None, timeout_seconds=deadline(*endpoint.script))

    assert not endpoint.was_awaited


@pytest.mark.parametrize("scheme", ["http", "HTTP", "ftp", "file", "data"])
def test_nothing_is_sent_to_a_url_that_is_not_https(scheme: str, endpoint: Endpoint) -> None:
    slept: list[float] = []

    with pytest.raises(NotDeliveredError, match="ResponseURL must be a URL that begins with https://"):
        send(endpoint.url.replace("https", scheme, 1), ANSWER, sleep=slept.append)
    assert slept == []
    assert endpoint.puts == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_error_and_is_not_followed(status: int, endpoint: Endpoint, authority: trustme.CA) -> None:
    with serve(authority) as elsewhere:
        endpoint.script, endpoint.location = [status], elsewhere.url

        send(endpoint.url, ANSWER, sleep=lambda _: None)

    assert len(endpoint.puts) == 2
    assert elsewhere.puts == []


@pytest.mark.parametrize("act", ["status by bytes", "headers by bytes", "never answer"])
def test_a_response_byte_by_byte_extends_no_attempt_beyond_its_deadline(act: Act, endpoint: Endpoint) -> None:
    endpoint.script = [act] * 5

    with pytest.raises(NotDeliveredError, match="no response in time"):
        send(endpoint.url, ANSWER, sleep=lambda _: None, timeout_seconds=0.2)

    assert_no_attempt_is_left()
    assert not endpoint.was_awaited


def test_a_handshake_byte_by_byte_extends_no_attempt_beyond_its_deadline() -> None:
    with slow_handshake() as url:
        with pytest.raises(NotDeliveredError, match="no response in time"):
            send(url, ANSWER, sleep=lambda _: None, timeout_seconds=0.2)
        assert_no_attempt_is_left()


def test_a_body_that_is_sent_byte_by_byte_is_not_read(endpoint: Endpoint) -> None:
    endpoint.script = ["body by bytes"]

    send(endpoint.url, ANSWER, sleep=lambda _: None, timeout_seconds=10)

    assert len(endpoint.puts) == 1  # an attempt that read the body would be repeated after its timeout
    assert not endpoint.was_awaited


def assert_no_attempt_is_left() -> None:
    """Wait until the threads of abandoned attempts have ended, well before the endpoint ends them."""
    deadline = time.monotonic() + QUIET_SECONDS / 2
    while any(thread.name == ATTEMPT_THREAD for thread in threading.enumerate()):
        assert time.monotonic() < deadline, threading.enumerate()
        time.sleep(0.01)


def test_a_certificate_of_an_unknown_authority_is_not_trusted(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")

    with pytest.raises(NotDeliveredError, match="URLError"):
        send(endpoint.url, ANSWER, sleep=lambda _: None)
    assert endpoint.puts == []


@settings(max_examples=60)
@example("The very first words matter most. " * 200)
@example("👻" * 2000)
@given(st.text(st.characters(), max_size=3000) | st.builds(str.__mul__, st.text(max_size=5), st.integers(0, 20_000)))
def test_any_reason_results_in_valid_json_of_at_most_4096_bytes_with_its_beginning(reason: str) -> None:
    body = body_of({**FRAME, "Reason": reason})

    kept = json.loads(body)["Reason"]
    as_sent = reason.encode("utf-8", errors="replace").decode()
    assert len(body) <= BODY_BYTES_MAX == 4096
    if kept != as_sent:
        assert kept.endswith("…")
        assert as_sent.startswith(kept[:-1])
        assert len(body) > BODY_BYTES_MAX - 12, "more is cut than need be"


@pytest.mark.parametrize("reason", ["\ud800", "a\x00b", "line\nline", "👻 für Ελλάδα", '"\\'])
def test_unusual_characters_are_delivered(reason: str, endpoint: Endpoint) -> None:
    send(endpoint.url, {**FRAME, "Reason": reason}, sleep=lambda _: None)

    assert json.loads(endpoint.puts[0].body)["Reason"] == reason.replace("\ud800", "?")


def test_a_response_echoes_the_request_without_no_echo(endpoint: Endpoint, log: Log) -> None:
    account = Account(send=send)
    event = CloudFormation(account, endpoint=endpoint.url).begin("Delete", {}, "some-id")

    assert json.loads(endpoint.puts[0].body) == {
        "Status": "SUCCESS",
        "Reason": "",
        "PhysicalResourceId": "some-id",
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "NoEcho": False,
        "Data": {},
    }


def begin(kind: str, endpoint: Endpoint, make: Callable[..., Account]) -> Account:
    account = make(send=partial(send, sleep=lambda _: None, timeout_seconds=1))
    account.execution_seconds_max = 120
    stack = CloudFormation(account, endpoint=endpoint.url)
    stack.begin("Create", properties(Wait=False) if kind == "poll" else {})
    account.run()
    return account


@pytest.mark.parametrize("kind", ["first request", "poll"])
def test_a_function_whose_response_is_not_accepted_is_invoked_again_with_the_same_result(
    kind: str, endpoint: Endpoint, log: Log
) -> None:
    endpoint.script = [500] * 7

    account = begin(kind, endpoint, Account)

    statuses = {json.loads(put.body)["Status"] for put in endpoint.puts}
    assert len(endpoint.puts) == 8
    assert statuses == {"FAILED" if kind == "first request" else "SUCCESS"}
    assert account.abandoned == []


@pytest.mark.parametrize(("kind", "attempts"), [("first request", 3), ("poll", 9)])
def test_an_unreachable_endpoint_raises_an_error_and_never_gets_contradicting_responses(
    kind: str, attempts: int, endpoint: Endpoint, log: Log
) -> None:
    endpoint.script = [403] * 1000

    account = begin(kind, endpoint, Account)

    assert len(account.abandoned) == 1
    assert len(endpoint.puts) == attempts * 5
    assert len({json.loads(put.body)["Status"] for put in endpoint.puts}) == 1


@pytest.mark.parametrize("act", [200, 403, 500, "talk nonsense", "hang up"])
def test_the_response_url_is_never_logged(act: Act, endpoint: Endpoint, log: Log) -> None:
    endpoint.script = [act] * 1000
    log.setLevel(0)

    begin("poll", endpoint, Account)

    assert endpoint.puts
    assert log.lines
    secrets = ["X-Amz-Signature", "ResponseURL", endpoint.url]
    assert [line for line in log.lines for secret in secrets if secret in line] == []
