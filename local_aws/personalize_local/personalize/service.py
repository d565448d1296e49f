"""The local Amazon Personalize service: responses to requests."""

import logging
import time
from collections.abc import Mapping
from typing import Any, Final

from personalize_local.personalize import messages
from personalize_local.personalize.authorization import authorize
from personalize_local.personalize.call_log import ApiCall, CallLog
from personalize_local.personalize.clock import Clock
from personalize_local.personalize.control_api import ControlApi
from personalize_local.personalize.errors import ServiceError, internal_failure
from personalize_local.personalize.faults import Fault, FaultInjector
from personalize_local.personalize.interfaces import Caller
from personalize_local.personalize.json_protocol import DROPPED, Response, failure, parse_parameters, success
from personalize_local.personalize.limits import Settings
from personalize_local.personalize.operations import (
    data_jobs,
    dataset_groups,
    dataset_import_jobs,
    datasets,
    generic_actions,
    generic_resources,
    individual_records,
    recommendations,
    schemas,
    tags,
)
from personalize_local.personalize.operations.call import Call, Operation
from personalize_local.personalize.request_validation import check_constraints
from personalize_local.personalize.service_model import has_operation, input_shape
from personalize_local.personalize.store import Store
from personalize_local.personalize.throttle import Throttle

_logger: Final = logging.getLogger(__name__)

OPERATIONS: Final[Mapping[str, Operation]] = {
    **schemas.OPERATIONS,
    **dataset_groups.OPERATIONS,
    **datasets.OPERATIONS,
    **dataset_import_jobs.OPERATIONS,
    **generic_resources.OPERATIONS,
    **generic_actions.OPERATIONS,
    **data_jobs.OPERATIONS,
    **individual_records.OPERATIONS,
    **recommendations.OPERATIONS,
    **tags.OPERATIONS,
}
"""The operations of the service; it refuses all others."""


class PersonalizeService:
    """The service for all accounts and Regions; thread-safe."""

    def __init__(self, *, clock: Clock | None = None, settings: Settings | None = None) -> None:
        """Start without resources.

        Args:
            clock: The simulated clock. Default: real time.
            settings: Durations and limits. Default: the documented limits.
        """
        self.clock = clock or Clock()
        self.store = Store(self.clock, settings or Settings(), FaultInjector())
        self.calls = CallLog()
        self._throttle = Throttle()
        self.control_api = ControlApi(self.store, self.calls)

    def handle(self, operation: str, body: bytes, caller: Caller) -> Response:
        """Answer a call of the API; `operation` is the one in the header X-Amz-Target."""
        started_at = self.clock.now()
        names: tuple[str, ...] = ()
        try:
            parameters = parse_parameters(body)
            names = _names(parameters)
            response, outcome = self._answer_with_faults(operation, parameters, names, caller)
        except ServiceError as error:
            response, outcome = failure(error, self.clock.now()), error.code
        except Exception:
            _logger.exception("%s failed with an unexpected error", operation)
            defect = internal_failure(messages.DEFECT)
            response, outcome = failure(defect, self.clock.now()), defect.code
        at = caller.at
        self.calls.add(ApiCall(started_at, operation, at.account, at.region, names, outcome))
        return response

    def _answer_with_faults(
        self, operation: str, parameters: Mapping[str, Any], names: tuple[str, ...], caller: Caller
    ) -> tuple[Response, str]:
        """Answer a call, and apply its fault before or after the call has its effect."""
        fault = self.store.fault_injector.next_fault(operation, names, self.clock.now())
        if fault is not None and not fault.after_effect and (early := _apply(fault)):
            return early
        result = self._answer(operation, parameters, caller)
        if fault is not None and fault.after_effect and (late := _apply(fault)):
            return late
        return success(result, self.clock.now()), "OK"

    def _answer(self, operation: str, parameters: Mapping[str, Any], caller: Caller) -> Mapping[str, object] | None:
        if operation not in OPERATIONS and has_operation(operation):
            raise ServiceError("UnsupportedOperationException", messages.unsupported_operation(operation))
        if operation not in OPERATIONS:
            raise ServiceError("UnknownOperationException", messages.unknown_operation(operation))
        self._throttle.count_call(caller.at, operation, self.clock.now(), self.store.settings)
        check_constraints(input_shape(operation), parameters)
        authorize(operation, parameters, caller)
        return OPERATIONS[operation](Call(parameters, caller, self.store))


def _apply(fault: Fault) -> tuple[Response, str] | None:
    """Hang, then drop the connection, raise the fault's error, or return None to continue."""
    if fault.hang_seconds:
        time.sleep(fault.hang_seconds)
    if fault.drop_connection:
        return DROPPED, "dropped"
    if fault.error_code is not None:
        raise ServiceError(fault.error_code, fault.message, fault.http_status)
    return None


def _names(parameters: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names and ARNs in a call's parameters."""
    return tuple(value for key, value in parameters.items() if isinstance(value, str) and _is_name(key))


def _is_name(member: str) -> bool:
    return member in ("name", "jobName") or member.endswith("Arn")
