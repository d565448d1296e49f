"""Mount the Personalize service in ministack."""

import asyncio
from typing import Any, Final

from ministack import app as ministack_app
from ministack.core import lambda_runtime, router
from ministack.services.cloudformation import provisioners, stacks

from personalize_local.cloudformation_types.native_resources import native_resources
from personalize_local.ministack import callers
from personalize_local.ministack.application import Asgi, after_start, dropped_connection, with_control_api
from personalize_local.ministack.date_header import dated
from personalize_local.ministack.patches.alarms import accept_metric_math_alarms
from personalize_local.ministack.patches.asynchronous_invocations import retry_asynchronous_invocations
from personalize_local.ministack.patches.clock import (
    date_events,
    date_objects,
    follow_clock,
    wait_for_simulated_time,
)
from personalize_local.ministack.patches.custom_resource_requests import retry_custom_resource_requests
from personalize_local.ministack.patches.deletions import delete_failed_custom_resources, require_empty_buckets
from personalize_local.ministack.patches.ended_connections import ignore_ended_connections
from personalize_local.ministack.patches.event_targets import require_permissions_of_rules
from personalize_local.ministack.patches.event_times import write_whole_seconds
from personalize_local.ministack.patches.function_credentials import start_sessions_for_functions
from personalize_local.ministack.patches.function_environments import keep_environments_after_errors
from personalize_local.ministack.patches.function_errors import report_classes_of_exceptions
from personalize_local.ministack.patches.function_runtimes import (
    provide_layers_and_sdk,
    refuse_other_runtimes,
    replace_certificate_files,
)
from personalize_local.ministack.patches.interrupted_stacks import end_interrupted_operations
from personalize_local.ministack.patches.managed_policies import add_managed_policies
from personalize_local.ministack.patches.multipart_uploads import date_multipart_uploads
from personalize_local.ministack.patches.nested_stacks import add_parents_of_nested_stacks
from personalize_local.ministack.patches.object_files import note_unwritten_objects
from personalize_local.ministack.patches.physical_names import generate_names_as_cloudformation_does
from personalize_local.ministack.patches.retries import fail_on_terminal_errors, wait_between_retries
from personalize_local.ministack.patches.role_sessions import register_sessions_one_at_a_time
from personalize_local.ministack.patches.roles import enforce_roles
from personalize_local.ministack.patches.schedules import run_schedules
from personalize_local.ministack.patches.sdk_integrations import (
    integrate_personalize,
    refuse_unrecognized_resources,
)
from personalize_local.ministack.patches.service_tokens import refuse_changed_service_tokens
from personalize_local.ministack.patches.stack_events import add_resource_properties
from personalize_local.ministack.patches.stack_tags import Handlers, tag_buckets, with_stack_tags
from personalize_local.ministack.patches.state_parameters import apply_empty_parameters
from personalize_local.ministack.request_authentication import authenticated
from personalize_local.ministack.saved_services import SavedServices, ServiceStates, saved
from personalize_local.personalize.operations.dataset_import_jobs import read_again
from personalize_local.personalize.rest_protocol import rest_operation, rest_response
from personalize_local.personalize.service import PersonalizeService

_TARGET: Final = "AmazonPersonalize."


def mount(service: PersonalizeService, endpoint_url: str, states: ServiceStates | None = None) -> Asgi:
    """Register the service with ministack, patch ministack, and return the application to serve.

    Args:
        service: The service.
        endpoint_url: The URL of the server.
        states: The states of ministack's services. Default: they aren't saved.
    """
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
    report_classes_of_exceptions()
    provide_layers_and_sdk()
    replace_certificate_files()
    refuse_other_runtimes()
    keep_environments_after_errors()
    integrate_personalize(service, endpoint_url)
    refuse_unrecognized_resources()
    apply_empty_parameters()
    fail_on_terminal_errors()
    wait_between_retries()
    retry_asynchronous_invocations(service.clock)
    retry_custom_resource_requests(service.clock)
    require_permissions_of_rules()
    write_whole_seconds()
    run_schedules(service.clock)
    start_sessions_for_functions()
    register_sessions_one_at_a_time()
    date_objects(service.clock)
    date_multipart_uploads()
    date_events(service.clock)
    wait_for_simulated_time(service.clock)
    follow_clock(service.clock)
    ignore_ended_connections()
    return dated(service.clock, authenticated(with_control_api(service, _with_state(service, endpoint_url, states))))


def stop_functions() -> None:
    """Terminate the processes in which Lambda functions run."""
    lambda_runtime.reset()


def _with_state(service: PersonalizeService, endpoint_url: str, states: ServiceStates | None) -> Asgi:
    """Return ministack's application, which saves the state of its services if there is a place for it."""
    if states is None:
        return ministack_app.app  # type: ignore[no-any-return]
    services = SavedServices(states)
    ministack_app.load_state = services.load
    note_unwritten_objects()
    end_interrupted_operations()

    def continue_imports() -> None:
        read_again(service.store, lambda at: callers.personalize(at, endpoint_url))

    return after_start(saved(services, ministack_app.app), continue_imports)


def _register_service(service: PersonalizeService, endpoint_url: str) -> None:
    async def handle(
        method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
    ) -> tuple[int, dict[str, str], bytes]:
        rest = None if "x-amz-target" in headers else rest_operation(method, path)
        operation = rest or headers.get("x-amz-target", "").removeprefix(_TARGET)
        caller = callers.requester(router.extract_access_key_id(headers, query), endpoint_url)
        # In a thread, because a call may read S3, which is served by the same event loop.
        response = await asyncio.to_thread(service.handle, operation, body, caller)
        if response.drops_connection:
            return dropped_connection()
        if rest is not None:
            response = rest_response(rest, response)
        return response.status, dict(response.headers), response.body

    router.SERVICE_PATTERNS["personalize"] = {"target_prefixes": [_TARGET]}
    ministack_app.SERVICE_HANDLERS["personalize"] = handle


def _register_native_types(service: PersonalizeService, endpoint_url: str) -> None:
    # ministack deletes a replaced resource itself, in the stack's cleanup phase.
    natives = native_resources(service, lambda: callers.cloudformation(endpoint_url))
    for name, native in natives.items():
        handlers: Handlers = {"create": native.create, "update": native.update, "delete": native.delete}
        has_tags = "Tags" in native.native.optional
        provisioners._RESOURCE_HANDLERS[name] = with_stack_tags(handlers) if has_tags else handlers  # noqa: SLF001
    # The handlers wait until the resource is ACTIVE, and must not block the event loop meanwhile.
    runs_on_worker_thread = stacks._runs_on_worker_thread  # noqa: SLF001
    stacks._runs_on_worker_thread = lambda kind: kind in natives or runs_on_worker_thread(kind)  # noqa: SLF001
