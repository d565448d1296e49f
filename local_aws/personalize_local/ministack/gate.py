"""The gate before everything: only requests that are signed with a key of this server pass.

ministack accepts any request without a key, or with the key of the account's root, as one of the root.
"""

import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

from ministack import app as ministack_app
from ministack.core import iam_evaluator, responses, sigv4

from personalize_local.authentication.received_request import Received
from personalize_local.authentication.signatures import Claim, SignatureError, claim_of, verify

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

_FORBIDDEN: Final = 403
_S3: Final = "s3"
_FORM: Final = b"application/x-www-form-urlencoded"
# All that needs no signature: the answers of custom resources, and signals to wait conditions. As on AWS, who has the
# URL may answer; it has a random token.
_ANSWER: Final = re.compile(r"/_ministack/cfn-(?:response|signal)/[0-9a-f-]{36}")
_ANSWER_HEADERS: Final = frozenset({b"content-length", b"content-type"})
# The switchboard, and what ministack has of the kind.
_ADMINISTRATION: Final = "/_"


def guarded(application: Asgi) -> Asgi:
    """Return an application that passes signed requests to another one, and refuses the rest."""

    async def gate(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await application(scope, receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
        elif scope["method"] == "PUT" and _ANSWER.fullmatch(scope["path"]):
            await application(_only_the_answer(scope), receive, send)
        else:
            await _check(application, scope, receive, send)

    return gate


def _only_the_answer(scope: Scope) -> Scope:
    """Return the request without the headers and the query that could route it to another service."""
    headers = [(name, value) for name, value in scope["headers"] if name.lower() in _ANSWER_HEADERS]
    return {**scope, "headers": headers, "query_string": b""}


async def _check(application: Asgi, scope: Scope, receive: Receive, send: Send) -> None:
    request = _received(scope)
    service = _S3
    try:
        claim = claim_of(request)
        service = claim.service
        secret = _secret_of(claim, scope["path"])
        body = await _whole_body(receive)
        if body is None:
            return
        verify(claim, request, body, secret, time.time())
    except SignatureError as error:
        await _refuse(request, service, error, send)
        return
    await application(_without_form(scope) if service == _S3 else scope, _again(body, receive), send)


def _without_form(scope: Scope) -> Scope:
    """Return a request for S3 without a content type that says it is the form of another service.

    Neither the type nor the body of a pre-signed URL is signed. ministack would take a form for a call of IAM or any
    other service; a client such as curl means none by it.
    """
    headers = [
        (name, value) for name, value in scope["headers"] if name.lower() != b"content-type" or _FORM not in value
    ]
    return {**scope, "headers": headers}


def _received(scope: Scope) -> Received:
    path = scope.get("raw_path") or quote(scope["path"]).encode()
    headers = [(name.decode("latin-1").lower(), sigv4.decode_header_value(value)) for name, value in scope["headers"]]
    return Received(scope["method"], path.decode("latin-1"), scope["query_string"].decode("latin-1"), tuple(headers))


def _secret_of(claim: Claim, path: str) -> str:
    """Return the secret that belongs to a key; raise SignatureError if there is no such key."""
    key = claim.access_key_id
    try:
        responses.set_request_account_id(iam_evaluator.find_iam_access_key_account(key) or key)
    except iam_evaluator.AmbiguousAccessKeyError as error:
        raise SignatureError("InvalidClientTokenId", "The security token is invalid.") from error
    credential = iam_evaluator.resolve_credential(key, responses.get_account_id(), claim.session_token)
    if isinstance(credential, iam_evaluator.CredentialResolutionError):
        raise SignatureError(credential.code, credential.message)
    if path.startswith(_ADMINISTRATION) and credential.principal_type != "Root":
        raise SignatureError("AccessDenied", "Only the root of the account may do this.")
    return str(credential.secret_access_key)


async def _whole_body(receive: Receive) -> bytes | None:
    """Return the body; None if the client has gone before its end."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that has the body once more."""
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def received() -> MutableMapping[str, Any]:
        return messages.pop() if messages else await receive()

    return received


async def _refuse(request: Received, service: str, error: SignatureError, send: Send) -> None:
    """Answer with 403, in the form that the clients of a service read."""
    if request.header("x-amz-target") and service == _S3:
        service = "personalize"  # any that speaks JSON
    failure = iam_evaluator.AuthError(error.code, error.message)
    _status, headers, body = ministack_app._credential_failure(  # noqa: SLF001
        service, "", str(uuid4()), failure, dict(request.headers)
    )
    lines = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": _FORBIDDEN, "headers": lines})
    await send({"type": "http.response.body", "body": b"" if request.method == "HEAD" else body})
