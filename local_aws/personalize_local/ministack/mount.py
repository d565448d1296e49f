"""Mount the Personalize service in ministack."""

import asyncio
from typing import Any, Final

from ministack import app as ministack_app
from ministack.core import lambda_runtime, persistence, router
from ministack.services.cloudformation import provisioners, stacks

from personalize_local.cloudformation_types.native_resources import native_resources
from personalize_local.ministack import callers
from personalize_local.ministack.application import Asgi, dropped_connection, with_control_api
from personalize_local.ministack.patches.alarms import accept_metric_math_alarms
from personalize_local.ministack.patches.clock import follow_clock, scale_schedule_rates
from personalize_local.ministack.patches.custom_resource_requests import retry_custom_resource_requests
from personalize_local.ministack.patches.deletions import delete_failed_custom_resources, require_empty_buckets
from personalize_local.ministack.patches.function_credentials import start_sessions_for_functions
from personalize_local.ministack.patches.function_environments import keep_environments_after_errors
from personalize_local.ministack.patches.function_runtimes import (
    provide_layers_and_sdk,
    refuse_other_runtimes,
    replace_certificate_files,
)
from personalize_local.ministack.patches.managed_policies import add_managed_policies
from personalize_local.ministack.patches.nested_stacks import add_parents_of_nested_stacks
from personalize_local.ministack.patches.physical_names import generate_names_as_cloudformation_does
from personalize_local.ministack.patches.roles import enforce_roles
from personalize_local.ministack.patches.service_tokens import refuse_changed_service_tokens
from personalize_local.ministack.patches.stack_events import add_resource_properties
from personalize_local.ministack.patches.stack_tags import tag_buckets, with_stack_tags
from personalize_local.ministack.request_authentication import authenticated
from personalize_local.personalize.service import PersonalizeService

_TARGET: Final = "AmazonPersonalize."


def mount(service: PersonalizeService, endpoint_url: str) -> Asgi:
    """Register the service with ministack, patch ministack, and return the application to serve."""
    _register_service(service, endpoint_url)
    _register_native_types(service, endpoint_url)
    generate_names_as_cloudformation_does()
    delete_failed_custom_resources()
    require_empty_buckets()
    tag_buckets()
    refuse_changed_service_tokens()
    accept_metric_math_alarms()
    add_resource_properties()
    add_parents_of_nested_stacks()
    add_managed_policies()
    enforce_roles()
    provide_layers_and_sdk()
    replace_certificate_files()
    refuse_other_runtimes()
    keep_environments_after_errors()
    retry_custom_resource_requests(service.clock)
    start_sessions_for_functions()
    scale_schedule_rates(service.clock)
    follow_clock(service.clock)
    return authenticated(with_control_api(service, ministack_app.app))


def stop_functions() -> None:
    """Terminate the processes in which Lambda functions run."""
    lambda_runtime.reset()


def save_state() -> None:
    """Save ministack's state; ministack does the same itself if it is shut down gracefully."""
    persistence.save_all(ministack_app._build_persistence_save_dict())  # noqa: SLF001


def _register_service(service: PersonalizeService, endpoint_url: str) -> None:
    async def handle(
        _method: str, _path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
    ) -> tuple[int, dict[str, str], bytes]:
        operation = headers.get("x-amz-target", "").removeprefix(_TARGET)
        caller = callers.requester(router.extract_access_key_id(headers, query), endpoint_url)
        # In a thread, because a call may read S3, which is served by the same event loop.
        response = await asyncio.to_thread(service.handle, operation, body, caller)
        if response.drops_connection:
            return dropped_connection()
        return response.status, dict(response.headers), response.body

    router.SERVICE_PATTERNS["personalize"] = {"target_prefixes": [_TARGET]}
    ministack_app.SERVICE_HANDLERS["personalize"] = handle


def _register_native_types(service: PersonalizeService, endpoint_url: str) -> None:
    # ministack deletes a replaced resource itself, in the stack's cleanup phase.
    natives = native_resources(service, lambda: callers.cloudformation(endpoint_url))
    for name, native in natives.items():
        provisioners._RESOURCE_HANDLERS[name] = with_stack_tags(  # noqa: SLF001
            {"create": native.create, "update": native.update, "delete": native.delete}
        )
    # The handlers wait until the resource is ACTIVE, and must not block the event loop meanwhile.
    runs_on_worker_thread = stacks._runs_on_worker_thread  # noqa: SLF001
    stacks._runs_on_worker_thread = lambda kind: kind in natives or runs_on_worker_thread(kind)  # noqa: SLF001
