"""Requests as received, and the signed part of them."""

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import quote_from_bytes, unquote_to_bytes

from botocore.awsrequest import AWSRequest


@dataclass(frozen=True)
class ReceivedRequest:
    """A request as received: path and query percent-encoded, header names in lower case."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]

    def header(self, name: str) -> str:
        """Return a header's first value, or an empty string."""
        return next((value for other, value in self.headers if other == name), "")


def signed_request(request: ReceivedRequest, body: bytes, names: Collection[str], *, without: str) -> AWSRequest:
    """Return the request that the client signed: only with the named headers, and without one query parameter."""
    query = canonical_query(request.query, without)
    signed = AWSRequest(method=request.method, url=f"https://localhost{request.path}?{query}", data=body)
    for name, value in request.headers:
        if name in names:
            signed.headers[name] = value  # adds a line and replaces none
    return signed


def canonical_query(query: str, without: str = "") -> str:
    """Return a query encoded as for signatures, without one parameter."""
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    return "&".join(f"{_encoded(name)}={_encoded(value)}" for name, _, value in pairs if name != without)


def _encoded(text: str) -> str:
    return quote_from_bytes(unquote_to_bytes(text), safe="-_.~")
