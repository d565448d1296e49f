"""Authentication of requests: only those signed with a key of this server reach ministack.

Without this, ministack treats any request without a key, or with the root user's key, as a request of the root user.
"""

import re
import time
from collections.abc import Mapping, MutableMapping
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

from ministack import app as ministack_app
from ministack.core import iam_evaluator, responses, sigv4

from personalize_local.authentication.received_request import ReceivedRequest
from personalize_local.authentication.signature_parsing import parse_signature
from personalize_local.authentication.signatures import Signature, SignatureError, verify
from personalize_local.ministack.application import Asgi, AsgiScope, Receive, Send
from personalize_local.ministack.request_limits import (
    RequestLimitError,
    body_limit,
    read_limited_body,
    require_shallow_body,
)

_FORBIDDEN: Final = 403
_S3: Final = "s3"
_FORM: Final = b"application/x-www-form-urlencoded"
# The only requests that need no signature: responses of custom resources, and signals to wait conditions. As on AWS,
# their URLs contain a random token instead.
_CALLBACK: Final = re.compile(r"/_ministack/cfn-(?:response|signal)/[0-9a-f-]{36}")
_CALLBACK_HEADERS: Final = frozenset({b"content-length", b"content-type"})
# The control API, and ministack's administration API.
_ADMINISTRATION: Final = "/_"


def authenticated(application: Asgi) -> Asgi:
    """Return an application that passes signed requests to `application` and refuses all others."""

    async def authenticate(scope: AsgiScope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await application(scope, receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
        else:
            is_callback = scope["method"] == "PUT" and _CALLBACK.fullmatch(scope["path"])
            try:
                await (_pass_callback if is_callback else _verify_and_pass)(application, scope, receive, send)
            except RequestLimitError as error:
                await _respond(error.status, {"content-type": "application/json"}, error.body, send)

    return authenticate


async def _pass_callback(application: Asgi, scope: AsgiScope, receive: Receive, send: Send) -> None:
    body = await read_limited_body(_received(scope), receive)
    if body is not None:
        await application(_callback_only(scope), _replay(body, receive), send)


def _callback_only(scope: AsgiScope) -> AsgiScope:
    """Return the request without the headers and the query that could route it to another service."""
    headers = [(name, value) for name, value in scope["headers"] if name.lower() in _CALLBACK_HEADERS]
    return {**scope, "headers": headers, "query_string": b""}


async def _verify_and_pass(application: Asgi, scope: AsgiScope, receive: Receive, send: Send) -> None:
    request = _received(scope)
    service = _S3
    try:
        signature = parse_signature(request)
        service = signature.service
        secret = _secret_of(signature, scope["path"])
        body = await read_limited_body(request, receive, body_limit(request, service))
        if body is None:
            return
        verify(signature, request, body, secret, time.time())
        require_shallow_body(request, body)
    except SignatureError as error:
        await _refuse(request, service, error, send)
        return
    await application(_without_form_type(scope) if service == _S3 else scope, _replay(body, receive), send)


def _without_form_type(scope: AsgiScope) -> AsgiScope:
    """Return a request for S3 without the content type of a form.

    Neither the type nor the body of a pre-signed URL is signed. ministack would read a form as a call of IAM or any
    other service; clients such as curl send the type by default.
    """
    headers = [
        (name, value) for name, value in scope["headers"] if name.lower() != b"content-type" or _FORM not in value
    ]
    return {**scope, "headers": headers}


def _received(scope: AsgiScope) -> ReceivedRequest:
    path = scope.get("raw_path") or quote(scope["path"]).encode()
    headers = [(name.decode("latin-1").lower(), sigv4.decode_header_value(value)) for name, value in scope["headers"]]
    query = scope["query_string"].decode("latin-1")
    return ReceivedRequest(scope["method"], path.decode("latin-1"), query, tuple(headers))


def _secret_of(signature: Signature, path: str) -> str:
    """Return the secret of the signature's key; raise SignatureError if there is no such key."""
    key = signature.access_key_id
    try:
        responses.set_request_account_id(iam_evaluator.find_iam_access_key_account(key) or key)
    except iam_evaluator.AmbiguousAccessKeyError as error:
        raise SignatureError("InvalidClientTokenId", "The security token is invalid.") from error
    credential = iam_evaluator.resolve_credential(key, responses.get_account_id(), signature.session_token)
    if isinstance(credential, iam_evaluator.CredentialResolutionError):
        raise SignatureError(credential.code, credential.message)
    if path.startswith(_ADMINISTRATION) and credential.principal_type != "Root":
        raise SignatureError("AccessDenied", "Only the root of the account may do this.")
    return str(credential.secret_access_key)


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that delivers the body once more."""
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def received() -> MutableMapping[str, Any]:
        return messages.pop() if messages else await receive()

    return received


async def _refuse(request: ReceivedRequest, service: str, error: SignatureError, send: Send) -> None:
    """Respond with 403, in the format that clients of the service parse."""
    if request.header("x-amz-target") and service == _S3:
        service = "personalize"  # any service with a JSON protocol
    failure = iam_evaluator.AuthError(error.code, error.message)
    _status, headers, body = ministack_app._credential_failure(  # noqa: SLF001
        service, "", str(uuid4()), failure, dict(request.headers)
    )
    await _respond(_FORBIDDEN, headers, b"" if request.method == "HEAD" else body, send)


async def _respond(status: int, headers: Mapping[str, str], body: bytes, send: Send) -> None:
    lines = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": lines})
    await send({"type": "http.response.body", "body": body})
