"""Requests as they were received, and the part of them that is signed."""

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import quote_from_bytes, unquote_to_bytes

from botocore.awsrequest import AWSRequest


@dataclass(frozen=True)
class Received:
    """A request as it was sent: path and query percent-encoded, header names in lower case."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]

    def header(self, name: str) -> str:
        """Return a header's first value, or nothing."""
        return next((value for other, value in self.headers if other == name), "")


def signed_part(request: Received, body: bytes, names: Collection[str], *, without: str) -> AWSRequest:
    """Return a request as its client has signed it: with those headers alone, and without one name of the query."""
    query = canonical_query(request.query, without)
    signed = AWSRequest(method=request.method, url=f"https://localhost{request.path}?{query}", data=body)
    for name, value in request.headers:
        if name in names:
            signed.headers[name] = value  # adds a line, and replaces none
    return signed


def canonical_query(query: str, without: str = "") -> str:
    """Return a query with each name and value encoded as signatures want it, without one name."""
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    return "&".join(f"{_encoded(name)}={_encoded(value)}" for name, _, value in pairs if name != without)


def _encoded(text: str) -> str:
    return quote_from_bytes(unquote_to_bytes(text), safe="-_.~")
