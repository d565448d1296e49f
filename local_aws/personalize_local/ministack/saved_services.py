"""The state of ministack's services, saved before each request that may have changed it is answered.

ministack writes its state only when it stops, and logs what it can't write or read. S3 is the exception: it writes each
object when it is put, see `patches.object_files`.
"""

import json
import logging
import shutil
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, Final, Protocol
from uuid import uuid4

from ministack import app as ministack_app
from ministack.core import iam_evaluator, persistence

from personalize_local.ministack.application import Asgi, AsgiScope, Receive, Send
from personalize_local.ministack.patches.object_files import unwritten_objects
from personalize_local.personalize.errors import ServiceError, not_saved

_logger: Final = logging.getLogger(__name__)

_READS: Final = frozenset({"GET", "HEAD"})
_PERSONALIZE: Final = b"AmazonPersonalize."
# The second is that of a body in chunks, as S3 clients send it.
_LENGTHS: Final = (b"content-length", b"x-amz-decoded-content-length")
_SCOPE: Final = "/aws4_request"
_FREE_BYTES: Final = 16_000_000
"""The free space below which requests are refused, so that what they change can be saved."""
_ATTEMPTS: Final = 5
_LOST: Final = "The object is lost when the server stops"


class ServiceStates(Protocol):
    """Storage for the states of the services, as texts by the name of the service."""

    folder: Path

    def load_services(self) -> dict[str, str]:
        """Return the states of the last run."""
        ...

    def save_services(self, states: dict[str, str]) -> None:
        """Save states, all or nothing; raise ServiceError if they can't be saved."""
        ...


class SavedServices:
    """The services that have been loaded, and their states as last saved."""

    def __init__(self, states: ServiceStates) -> None:
        """Read the saved states."""
        self._states = states
        self._saved = states.load_services()

    def load(self, name: str) -> Any:  # noqa: ANN401 - ministack's own
        """Return the saved state of a service for ministack, None if there is none."""
        text = self._saved.get(name)
        return None if text is None else json.loads(text, object_hook=persistence._json_object_hook)  # noqa: SLF001

    def save(self) -> None:
        """Save the states that have changed; raise ServiceError if that is impossible."""
        services = ministack_app._build_persistence_save_dict()  # noqa: SLF001
        states = {name: _text(name, get_state) for name, get_state in services.items()}
        changed = {name: text for name, text in states.items() if text is not None and text != self._saved.get(name)}
        if changed:
            self._states.save_services(changed)
            self._saved.update(changed)

    def require_space(self, size: int) -> None:
        """Raise ServiceError if the disk has no space for a request of `size` bytes, before anything is changed."""
        needed = size + _FREE_BYTES
        if shutil.disk_usage(self._states.folder).free < needed:
            raise not_saved(str(self._states.folder), f"less than {needed // 1_000_000} MB are free on the disk")


def saved(services: SavedServices, application: Asgi) -> Asgi:
    """Return an application that saves the state of the services before `application` responds."""

    async def with_saving(scope: AsgiScope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in _READS or _is_for_personalize(scope):
            await application(scope, receive, send)
            return
        try:
            if scope["method"] != "DELETE":  # which frees space
                services.require_space(_size(scope))
        except ServiceError as error:
            await _refuse(scope, error, send)
            return
        with unwritten_objects() as unwritten:
            await application(scope, receive, _saving(services, unwritten, scope, send))

    return with_saving


def _saving(services: SavedServices, unwritten: list[OSError], scope: AsgiScope, send: Send) -> Send:
    """Return a `send` that saves the state first, and sends an error instead if that fails."""
    refused = False

    async def save_and_send(message: MutableMapping[str, Any]) -> None:
        nonlocal refused
        if message["type"] == "http.response.start":
            try:
                for error in unwritten:
                    raise not_saved(str(error.filename), str(error.strerror), _LOST)
                services.save()
            except ServiceError as error:
                refused = True
                await _refuse(scope, error, send)
        if not refused:
            await send(message)

    return save_and_send


def _is_for_personalize(scope: AsgiScope) -> bool:
    return any(name.lower() == b"x-amz-target" and value.startswith(_PERSONALIZE) for name, value in scope["headers"])


def _size(scope: AsgiScope) -> int:
    """Return the size of a request's body; 0 if its headers don't have it."""
    lengths = [int(value) for name, value in scope["headers"] if name.lower() in _LENGTHS and value.isdigit()]
    return max(lengths, default=0)


async def _refuse(scope: AsgiScope, error: ServiceError, send: Send) -> None:
    """Respond with an error, in the format that clients of the service parse."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    service = headers.get("authorization", "").partition(_SCOPE)[0].rpartition("/")[2]
    failure = iam_evaluator.AuthError(error.code, error.message)
    _status, lines, body = ministack_app._credential_failure(service, "", str(uuid4()), failure, headers)  # noqa: SLF001
    encoded = [(name.lower().encode(), value.encode()) for name, value in lines.items()]
    await send({"type": "http.response.start", "status": error.status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})


def _text(name: str, get_state: Any) -> str | None:  # noqa: ANN401 - ministack's own
    """Return a service's state as JSON, None if it has none."""
    for attempt in range(_ATTEMPTS):
        try:
            state = get_state()
            return None if state is None else json.dumps(state, default=persistence._json_default)  # noqa: SLF001
        except RuntimeError:  # a thread of the service has changed a dictionary meanwhile
            if attempt == _ATTEMPTS - 1:
                _logger.exception("the state of %s can't be saved", name)
        except Exception:
            _logger.exception("the state of %s can't be saved", name)
            break
    return None
