"""The time at which a request was sent: the date of the signature of its ResponseURL, or its arrival."""

import pytest

from personalize_import_handler.request.request_time import EVENT_AGE_SECONDS_MAX, sent_at, signed_at

NOW = 1_700_000_000.0


def test_the_date_of_a_signature_is_read_from_the_url() -> None:
    url = "https://bucket.s3.amazonaws.com/arn?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20231114T221320Z"

    assert signed_at(f"{url}&X-Amz-Expires=7200&X-Amz-Signature=abc") == NOW


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://bucket.s3.amazonaws.com/arn?AWSAccessKeyId=a&Expires=1700007200&Signature=b",
        "https://bucket.s3.amazonaws.com/arn?X-Amz-Date=yesterday",
        "https://bucket.s3.amazonaws.com/arn?X-Amz-Date=",
        "https://[bucket/arn?X-Amz-Date=20231114T221320Z",
    ],
)
def test_a_url_without_a_date_has_none(url: str) -> None:
    assert signed_at(url) is None


def test_a_request_was_sent_when_its_url_was_signed() -> None:
    assert sent_at(NOW - 1800, 20, NOW) == NOW - 1800


@pytest.mark.parametrize("signed", [None, NOW + 1, NOW - EVENT_AGE_SECONDS_MAX - 1])
def test_without_a_plausible_date_a_request_was_sent_when_it_was_received(signed: float | None) -> None:
    assert sent_at(signed, 20, NOW) == NOW - 20


def test_an_event_may_have_the_maximum_age_of_lambda() -> None:
    assert sent_at(NOW - EVENT_AGE_SECONDS_MAX, 20, NOW) == NOW - EVENT_AGE_SECONDS_MAX
