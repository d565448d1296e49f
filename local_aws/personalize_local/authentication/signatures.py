"""Signatures of AWS requests: computed anew by botocore's own signers from a request as it was received.

Version 4 in the header and in the query, and version 2 in the query of S3's pre-signed URLs, which boto3 still makes.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from botocore.auth import HmacV1QueryAuth, S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from personalize_local.authentication.keys import Keys
from personalize_local.authentication.received_request import Received, signed_part

_ALGORITHM: Final = "AWS4-HMAC-SHA256"
_CONTENT_HASH: Final = "x-amz-content-sha256"
# What clients may declare instead of the hash of the body; TLS protects the body then, as it does on AWS.
_BODY_NOT_HASHED: Final = re.compile(r"UNSIGNED-PAYLOAD|STREAMING-[A-Z0-9-]+")
_HEADER: Final = re.compile(
    rf"{_ALGORITHM} Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{{64}})"
)
_SCOPE_PARTS: Final = 5
_PLAIN_PATH: Final = re.compile(r"/[!\"$-~]*")
_TIME: Final = "%Y%m%dT%H%M%SZ"
_SKEW_SECONDS: Final = 15 * 60
_EXPIRES_MAX: Final = 7 * 24 * 3600

_NEEDS_SIGNATURE: Final = "x-amz-"
"""The beginning of the names of headers that choose the service, the operation or what it reads."""

_CALCULATED: Final = "The request signature we calculated does not match the signature you provided."
_NOT_SIGNED: Final = ("MissingAuthenticationToken", "Request is missing Authentication Token")
_UNREADABLE: Final = (
    "IncompleteSignature",
    "The signature of the request is incomplete, or of a kind not accepted here.",
)
_HEADERS_NOT_SIGNED: Final = ("AccessDenied", "There were headers present in the request which were not signed")
_MISMATCH: Final = ("SignatureDoesNotMatch", f"{_CALCULATED} Check your AWS Secret Access Key and signing method.")


class SignatureError(Exception):
    """A request that is refused: the code that clients see, and its message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Claim(ABC):
    """The key and the signature that a request names."""

    access_key_id: str
    session_token: str
    service: str

    @abstractmethod
    def verify(self, request: Received, body: bytes, secret: str, now: float) -> None:
        """Raise SignatureError unless the signature was made with `secret` for this request, and is valid at `now`."""


@dataclass(frozen=True)
class _Version4(Claim):
    access_key_id: str
    session_token: str
    service: str
    region: str
    date: str
    signed_headers: frozenset[str]
    signature: str
    expires: int | None
    """How long a pre-signed URL is valid, in seconds; None for a signature in the header."""

    def verify(self, request: Received, body: bytes, secret: str, now: float) -> None:
        self._verify_time(now)
        # S3 refuses these too. ministack would take a pre-signed URL with an X-Amz-Target for a call of any service.
        if any(name.startswith(_NEEDS_SIGNATURE) and name not in self.signed_headers for name, _ in request.headers):
            raise SignatureError(*_HEADERS_NOT_SIGNED)
        hashed = request.header(_CONTENT_HASH)
        if hashed and not _BODY_NOT_HASHED.fullmatch(hashed) and hashed != hashlib.sha256(body).hexdigest():
            raise SignatureError(*_MISMATCH)
        signed = signed_part(
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
        """Compare with this machine's clock: clients sign by it, however fast the service's time runs."""
        signed_at = datetime.strptime(self.date, _TIME).replace(tzinfo=UTC).timestamp()
        if (
            not signed_at - _SKEW_SECONDS
            <= now
            <= signed_at + (_SKEW_SECONDS if self.expires is None else self.expires)
        ):
            raise SignatureError("RequestTimeTooSkewed", f"Signature expired or not yet current: {self.date}")


@dataclass(frozen=True)
class _Version2OfUrl(Claim):
    access_key_id: str
    session_token: str
    expires_at: str
    signature: str
    service: str = "s3"

    def verify(self, request: Received, body: bytes, secret: str, now: float) -> None:
        if now > int(self.expires_at):
            raise SignatureError("AccessDenied", "Request has expired")
        signed = signed_part(request, body, {name for name, _ in request.headers}, without="Signature")
        signer = _DatedSigner(Credentials(self.access_key_id, secret, self.session_token or None), self.expires_at)
        url: Any = urlsplit(signed.url or "")
        _compare(signer.get_signature(request.method, url, signed.headers), self.signature)  # type: ignore[arg-type]


class _DatedSigner(HmacV1QueryAuth):
    """Signs for the time that was signed, not for now."""

    def __init__(self, credentials: Credentials, expires_at: str) -> None:
        super().__init__(credentials)
        self._expires_at = expires_at

    def _get_date(self) -> str:
        return self._expires_at


def claim_of(request: Received) -> Claim:
    """Return the key and the signature that a request names; raise SignatureError if it isn't signed."""
    query = parse_qsl(request.query, keep_blank_values=True)
    names = [name.lower() for name, _ in (*request.headers, *query)]
    readers = [_READERS[name] for name in names if name in _READERS]
    if not readers:
        raise SignatureError(*_NOT_SIGNED)
    # Of two keys, the service behind might take the other one for that of the caller.
    if len(readers) > 1 or not _PLAIN_PATH.fullmatch(request.path):
        raise SignatureError(*_UNREADABLE)
    try:
        return readers[0](request, dict(query))
    except (KeyError, ValueError) as error:
        raise SignatureError(*_UNREADABLE) from error


def verify(claim: Claim, request: Received, body: bytes, secret: str, now: float) -> None:
    """Raise SignatureError unless the claim's signature was made with `secret`, and is valid at `now`."""
    try:
        claim.verify(request, body, secret, now)
    except (ValueError, OverflowError) as error:
        raise SignatureError(*_UNREADABLE) from error


def sign(method: str, url: str, body: bytes, keys: Keys, region: str) -> Mapping[str, str]:
    """Return the headers that sign a request; the query of `url` is canonical, see `received.canonical_query`."""
    request = AWSRequest(method=method, url=url, data=body)
    SigV4Auth(Credentials(keys.access_key_id, keys.secret_access_key), "personalize", region).add_auth(request)
    return dict(request.headers.items())


def _claim_of_header(request: Received, _query: Mapping[str, str]) -> Claim:
    parts = _HEADER.fullmatch(request.header("authorization").strip())
    if parts is None:
        raise ValueError("not a signature of version 4")
    credential, signed_headers, signature = parts.groups()
    token = request.header("x-amz-security-token")
    return _version_4(credential, token, request.header("x-amz-date"), signed_headers, signature)


def _claim_of_query(_request: Received, query: Mapping[str, str]) -> Claim:
    expires = int(query["X-Amz-Expires"])
    if query["X-Amz-Algorithm"] != _ALGORITHM or not 0 < expires <= _EXPIRES_MAX:
        raise ValueError("not a pre-signed URL of version 4")
    token, date = query.get("X-Amz-Security-Token", ""), query["X-Amz-Date"]
    signed_headers, signature = query["X-Amz-SignedHeaders"], query["X-Amz-Signature"]
    return _version_4(query["X-Amz-Credential"], token, date, signed_headers, signature, expires)


def _version_4(
    credential: str, token: str, date: str, signed_headers: str, signature: str, expires: int | None = None
) -> Claim:
    access_key_id, day, region, service, _ = credential.split("/", _SCOPE_PARTS - 1)
    if not date.startswith(day):
        raise ValueError("the date of the credential is another one than that of the request")
    names = frozenset(signed_headers.lower().split(";"))
    return _Version4(access_key_id, token, service, region, date, names, signature, expires)


def _old_claim_of_query(_request: Received, query: Mapping[str, str]) -> Claim:
    token = query.get("x-amz-security-token", "")
    return _Version2OfUrl(query["AWSAccessKeyId"], token, query["Expires"], query["Signature"])


_READERS: Final[Mapping[str, Callable[[Received, Mapping[str, str]], Claim]]] = {
    "authorization": _claim_of_header,
    "x-amz-credential": _claim_of_query,
    "awsaccesskeyid": _old_claim_of_query,
}


def _compare(expected: str, given: str) -> None:
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise SignatureError(*_MISMATCH)
