"""Verification of the signatures of AWS requests, by computing them again with botocore's signers.

Version 4 in the header and in the query, and version 2 in the query of S3's pre-signed URLs, which boto3 still creates.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from botocore.auth import HmacV1QueryAuth, S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from personalize_local.authentication.keys import Keys
from personalize_local.authentication.received_request import ReceivedRequest, signed_request

ALGORITHM: Final = "AWS4-HMAC-SHA256"
_CONTENT_HASH: Final = "x-amz-content-sha256"
# What clients may declare instead of the hash of the body; TLS alone protects the body then, as on AWS.
_BODY_NOT_HASHED: Final = re.compile(r"UNSIGNED-PAYLOAD|STREAMING-[A-Z0-9-]+")
_TIME: Final = "%Y%m%dT%H%M%SZ"
_SKEW_SECONDS: Final = 15 * 60

_NEEDS_SIGNATURE: Final = "x-amz-"
"""The prefix of headers that must be signed: they select the service, the operation or the data to read."""

_CALCULATED: Final = "The request signature we calculated does not match the signature you provided."
MALFORMED: Final = (
    "IncompleteSignature",
    "The signature of the request is incomplete, or of a kind not accepted here.",
)
_HEADERS_NOT_SIGNED: Final = ("AccessDenied", "There were headers present in the request which were not signed")
_MISMATCH: Final = ("SignatureDoesNotMatch", f"{_CALCULATED} Check your AWS Secret Access Key and signing method.")


class SignatureError(Exception):
    """A refused request: the error code and message for the client."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Signature(ABC):
    """The key and the signature in a request."""

    access_key_id: str
    session_token: str
    service: str

    @abstractmethod
    def verify(self, request: ReceivedRequest, body: bytes, secret: str, now: float) -> None:
        """Raise SignatureError unless the request was signed with `secret` and the signature is valid at `now`."""


@dataclass(frozen=True)
class SignatureV4(Signature):
    """A signature of version 4, in the header or in a pre-signed URL."""

    access_key_id: str
    session_token: str
    service: str
    region: str
    date: str
    signed_headers: frozenset[str]
    signature: str
    expires: int | None
    """Seconds for which a pre-signed URL is valid; None for a signature in the header."""

    def verify(self, request: ReceivedRequest, body: bytes, secret: str, now: float) -> None:
        """Verify the time, the signed headers, the hash of the body, and the signature."""
        self._verify_time(now)
        # S3 refuses these too. With an X-Amz-Target, ministack would route a pre-signed URL to any service.
        if any(name.startswith(_NEEDS_SIGNATURE) and name not in self.signed_headers for name, _ in request.headers):
            raise SignatureError(*_HEADERS_NOT_SIGNED)
        hashed = request.header(_CONTENT_HASH)
        if hashed and not _BODY_NOT_HASHED.fullmatch(hashed) and hashed != hashlib.sha256(body).hexdigest():
            raise SignatureError(*_MISMATCH)
        signed = signed_request(
            request, body, self.signed_headers, without="" if self.expires is None else "X-Amz-Signature"
        )
        signed.context["timestamp"] = self.date
        signer = self._signer(Credentials(self.access_key_id, secret))
        text = signer.string_to_sign(signed, signer.canonical_request(signed))
        _compare(signer.signature(text, signed), self.signature)

    def _signer(self, credentials: Credentials) -> SigV4Auth:
        in_header = self.expires is None
        kind: type[SigV4Auth]
        if self.service == "s3":
            kind = S3SigV4Auth if in_header else S3SigV4QueryAuth
        else:
            kind = SigV4Auth if in_header else SigV4QueryAuth
        return kind(credentials, self.service, self.region)

    def _verify_time(self, now: float) -> None:
        """Compare with the real clock, which clients use for signing at any speed of the simulated clock."""
        signed_at = datetime.strptime(self.date, _TIME).replace(tzinfo=UTC).timestamp()
        if (
            not signed_at - _SKEW_SECONDS
            <= now
            <= signed_at + (_SKEW_SECONDS if self.expires is None else self.expires)
        ):
            raise SignatureError("RequestTimeTooSkewed", f"Signature expired or not yet current: {self.date}")


@dataclass(frozen=True)
class UrlSignatureV2(Signature):
    """A signature of version 2 in a pre-signed URL of S3."""

    access_key_id: str
    session_token: str
    expires_at: str
    signature: str
    service: str = "s3"

    def verify(self, request: ReceivedRequest, body: bytes, secret: str, now: float) -> None:
        """Verify the expiry and the signature."""
        if now > int(self.expires_at):
            raise SignatureError("AccessDenied", "Request has expired")
        signed = signed_request(request, body, {name for name, _ in request.headers}, without="Signature")
        signer = _DatedSigner(Credentials(self.access_key_id, secret, self.session_token or None), self.expires_at)
        url: Any = urlsplit(signed.url or "")
        _compare(signer.get_signature(request.method, url, signed.headers), self.signature)  # type: ignore[arg-type]


class _DatedSigner(HmacV1QueryAuth):
    """A signer that uses the expiry in the request, instead of computing one from the current time."""

    def __init__(self, credentials: Credentials, expires_at: str) -> None:
        super().__init__(credentials)
        self._expires_at = expires_at

    def _get_date(self) -> str:
        return self._expires_at


def verify(signature: Signature, request: ReceivedRequest, body: bytes, secret: str, now: float) -> None:
    """Raise SignatureError unless the request was signed with `secret` and the signature is valid at `now`."""
    try:
        signature.verify(request, body, secret, now)
    except (ValueError, OverflowError) as error:
        raise SignatureError(*MALFORMED) from error


def sign(method: str, url: str, body: bytes, keys: Keys, region: str) -> Mapping[str, str]:
    """Return the headers that sign a request; the query of `url` must be canonical, see `canonical_query`."""
    request = AWSRequest(method=method, url=url, data=body)
    SigV4Auth(Credentials(keys.access_key_id, keys.secret_access_key), "personalize", region).add_auth(request)
    return dict(request.headers.items())


def _compare(expected: str, given: str) -> None:
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise SignatureError(*_MISMATCH)
