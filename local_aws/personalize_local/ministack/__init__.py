"""The one place that knows ministack: it mounts the Personalize service there.

It reaches into ministack's own modules, which is why its version is pinned; tests/local_aws/test_seam.py pins what is
reached into. ministack reads its configuration from the environment when it is imported: import this only in the
process that serves (`__main__`), after `configuration.apply`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Final

from ministack import app as ministack_app
from ministack.core import iam_actions, iam_evaluator, lambda_runtime, persistence, responses, router
from ministack.services.cloudformation import provisioners, stacks

from personalize_local.cloudformation.native_resources import native_resources
from personalize_local.ministack.alarms import take_alarms_on_queries
from personalize_local.ministack.clocks import follow, let_rules_follow
from personalize_local.ministack.deletions import delete_what_failed_to_be_made, keep_buckets_that_are_not_empty
from personalize_local.ministack.events import tell_properties_of_custom_resources
from personalize_local.ministack.functions import keep_environments_after_errors, retry_requests_of_cloudformation
from personalize_local.ministack.gate import Asgi, guarded
from personalize_local.ministack.names import generate_names_as_aws_does
from personalize_local.ministack.nested_stacks import describe_parents_of_nested_stacks
from personalize_local.ministack.roles import ImportRoles, use_roles_as_aws_does
from personalize_local.ministack.service_tokens import keep_service_tokens
from personalize_local.ministack.sessions import start_sessions_for_functions
from personalize_local.personalize.control_api import PREFIX
from personalize_local.personalize.interfaces import Caller, Scope
from personalize_local.personalize.service import PersonalizeService

_TARGET: Final = "AmazonPersonalize."
_DROP: Final = "x-personalize-drop-connection"


def mount(service: PersonalizeService, endpoint_url: str) -> Asgi:
    """Fill ministack's registries with the service, and return the application to serve."""

    async def handle(
        _method: str, _path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
    ) -> tuple[int, dict[str, str], bytes]:
        operation = headers.get("x-amz-target", "").removeprefix(_TARGET)
        caller = Caller(
            _scope(), _RequestAuthorizer(router.extract_access_key_id(headers, query)), ImportRoles(endpoint_url)
        )
        # Off the event loop, for a call may read S3, which is served by the same loop.
        response = await asyncio.to_thread(service.handle, operation, body, caller)
        if response.drops_connection:
            return 200, {_DROP: "yes"}, b""
        return response.status, dict(response.headers), response.body

    router.SERVICE_PATTERNS["personalize"] = {"target_prefixes": [_TARGET]}
    ministack_app.SERVICE_HANDLERS["personalize"] = handle
    _provide_native_types(service, endpoint_url)
    generate_names_as_aws_does()
    delete_what_failed_to_be_made()
    keep_buckets_that_are_not_empty()
    keep_service_tokens()
    take_alarms_on_queries()
    tell_properties_of_custom_resources()
    describe_parents_of_nested_stacks()
    use_roles_as_aws_does()
    keep_environments_after_errors()
    retry_requests_of_cloudformation(service.clock)
    start_sessions_for_functions()
    let_rules_follow(service.clock)
    follow(service.clock)
    return guarded(_application(service))


def stop_functions() -> None:
    """End the processes in which Lambda functions run."""
    lambda_runtime.reset()


def save_state() -> None:
    """Write ministack's state down, as it does itself when it is left the time to end in its own way."""
    persistence.save_all(ministack_app._build_persistence_save_dict())  # noqa: SLF001


def _application(service: PersonalizeService) -> Asgi:
    async def application(scope: MutableMapping[str, Any], receive: Callable[..., Any], send: Any) -> None:  # noqa: ANN401
        if scope["type"] == "http" and scope["path"].startswith(PREFIX):
            await _answer_switchboard(service, scope, receive, send)
        else:
            await ministack_app.app(scope, receive, _dropping(send) if scope["type"] == "http" else send)

    return application


async def _answer_switchboard(
    service: PersonalizeService,
    scope: MutableMapping[str, Any],
    receive: Callable[..., Any],
    send: Callable[..., Awaitable[None]],
) -> None:
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    path = f"{scope['path']}?{scope['query_string'].decode()}"
    response = await asyncio.to_thread(service.switchboard.handle, scope["method"], path, body)
    follow(service.clock)
    headers = [(name.encode(), value.encode()) for name, value in response.headers.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})


def _dropping(send: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Break the connection off in the middle of an answer where the switchboard has ordered that."""

    async def send_or_drop(message: MutableMapping[str, Any]) -> None:
        if any(name.decode().lower() == _DROP for name, _ in message.get("headers", [])):
            await send({**message, "headers": [(b"content-length", b"1000")]})
            await send({"type": "http.response.body", "body": b"{", "more_body": True})
            raise ConnectionAbortedError("as the switchboard ordered")
        await send(message)

    return send_or_drop


def _scope() -> Scope:
    return Scope(account=responses.get_account_id(), region=responses.get_region())


class _RequestAuthorizer:
    """Asks ministack's IAM about the caller of the request in hand."""

    def __init__(self, access_key_id: str) -> None:
        self._access_key_id = access_key_id

    def denial(self, action: str, resource: str, context: Mapping[str, object]) -> str | None:
        denied = iam_evaluator.enforce(
            self._access_key_id, action, "personalize", responses.get_region(), resource, dict(context)
        )
        if denied is None:
            return None
        if isinstance(denied, iam_evaluator.AuthError):
            return str(denied.message)
        explicit = denied.decision == "Deny"
        return str(iam_actions.identity_denial_message(action, denied.principal_arn, resource, explicit))


class _CloudFormationAuthorizer:
    """Allows everything: CloudFormation's own types work with the deployer's permissions, not with a function's."""

    def denial(self, _action: str, _resource: str, _context: Mapping[str, object]) -> str | None:
        return None


def _provide_native_types(service: PersonalizeService, endpoint_url: str) -> None:
    def caller() -> Caller:
        return Caller(_scope(), _CloudFormationAuthorizer(), ImportRoles(endpoint_url))

    # No need to retire predecessors: ministack deletes them itself, in the stack's cleanup phase.
    natives = native_resources(service, caller)
    for name, native in natives.items():
        provisioners._RESOURCE_HANDLERS[name] = {  # noqa: SLF001
            "create": native.create,
            "update": native.update,
            "delete": native.delete,
        }
    # They wait until they are ACTIVE, and must not hold up everything else for so long.
    known = stacks._runs_on_worker_thread  # noqa: SLF001
    stacks._runs_on_worker_thread = lambda resource_type: resource_type in natives or known(resource_type)  # noqa: SLF001
