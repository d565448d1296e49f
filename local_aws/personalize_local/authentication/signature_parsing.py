"""Parsing of the signature in a request."""

import re
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import parse_qsl

from personalize_local.authentication.received_request import ReceivedRequest
from personalize_local.authentication.signatures import (
    ALGORITHM,
    MALFORMED,
    Signature,
    SignatureError,
    SignatureV4,
    UrlSignatureV2,
)

_HEADER: Final = re.compile(
    rf"{ALGORITHM} Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{{64}})"
)
_CREDENTIAL_PARTS: Final = 5
_PLAIN_PATH: Final = re.compile(r"/[!\"$-~]*")
_EXPIRES_MAX: Final = 7 * 24 * 3600
_NOT_SIGNED: Final = ("MissingAuthenticationToken", "Request is missing Authentication Token")


def parse_signature(request: ReceivedRequest) -> Signature:
    """Return the signature in a request; raise SignatureError if there is none or more than one."""
    query = parse_qsl(request.query, keep_blank_values=True)
    names = [name.lower() for name, _ in (*request.headers, *query)]
    parsers = [_PARSERS[name] for name in names if name in _PARSERS]
    if not parsers:
        raise SignatureError(*_NOT_SIGNED)
    # With two keys in a request, ministack might use the one that isn't verified.
    if len(parsers) > 1 or not _PLAIN_PATH.fullmatch(request.path):
        raise SignatureError(*MALFORMED)
    try:
        return parsers[0](request, dict(query))
    except (KeyError, ValueError) as error:
        raise SignatureError(*MALFORMED) from error


def _parse_header_v4(request: ReceivedRequest, _query: Mapping[str, str]) -> Signature:
    parts = _HEADER.fullmatch(request.header("authorization").strip())
    if parts is None:
        raise ValueError("not a signature of version 4")
    credential, signed_headers, signature = parts.groups()
    token = request.header("x-amz-security-token")
    return _signature_v4(credential, token, request.header("x-amz-date"), signed_headers, signature)


def _parse_query_v4(_request: ReceivedRequest, query: Mapping[str, str]) -> Signature:
    expires = int(query["X-Amz-Expires"])
    if query["X-Amz-Algorithm"] != ALGORITHM or not 0 < expires <= _EXPIRES_MAX:
        raise ValueError("not a pre-signed URL of version 4")
    token, date = query.get("X-Amz-Security-Token", ""), query["X-Amz-Date"]
    signed_headers, signature = query["X-Amz-SignedHeaders"], query["X-Amz-Signature"]
    return _signature_v4(query["X-Amz-Credential"], token, date, signed_headers, signature, expires)


def _parse_query_v2(_request: ReceivedRequest, query: Mapping[str, str]) -> Signature:
    token = query.get("x-amz-security-token", "")
    return UrlSignatureV2(query["AWSAccessKeyId"], token, query["Expires"], query["Signature"])


def _signature_v4(
    credential: str, token: str, date: str, signed_headers: str, signature: str, expires: int | None = None
) -> Signature:
    access_key_id, day, region, service, _ = credential.split("/", _CREDENTIAL_PARTS - 1)
    if not date.startswith(day):
        raise ValueError("the dates of the credential and of the request differ")
    names = frozenset(signed_headers.lower().split(";"))
    return SignatureV4(access_key_id, token, service, region, date, names, signature, expires)


_PARSERS: Final[Mapping[str, Callable[[ReceivedRequest, Mapping[str, str]], Signature]]] = {
    "authorization": _parse_header_v4,
    "x-amz-credential": _parse_query_v4,
    "awsaccesskeyid": _parse_query_v2,
}
