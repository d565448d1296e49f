"""Amazon Personalize on this machine: the entry point that turns a request into a response."""

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from personalize_local.personalize import messages
from personalize_local.personalize.authorization import authorize
from personalize_local.personalize.call_log import ApiCall, CallLog, Throttle
from personalize_local.personalize.clock import Clock
from personalize_local.personalize.control_api import Switchboard
from personalize_local.personalize.errors import ServiceError, internal_failure
from personalize_local.personalize.faults import Fault, Switches
from personalize_local.personalize.interfaces import Caller
from personalize_local.personalize.json_protocol import DROPPED, Response, failure, parameters_of, success
from personalize_local.personalize.limits import Settings
from personalize_local.personalize.operations import (
    dataset_groups,
    dataset_import_jobs,
    datasets,
    schemas,
    solutions,
    tags,
)
from personalize_local.personalize.operations.call import Call
from personalize_local.personalize.request_validation import check_constraints
from personalize_local.personalize.service_model import input_shape
from personalize_local.personalize.store import Store

_logger: Final = logging.getLogger(__name__)

_OPERATIONS: Final[Mapping[str, Callable[[Call], Mapping[str, object] | None]]] = {
    "CreateSchema": schemas.create_schema,
    "DescribeSchema": schemas.describe_schema,
    "ListSchemas": schemas.list_schemas,
    "DeleteSchema": schemas.delete_schema,
    "CreateDatasetGroup": dataset_groups.create_dataset_group,
    "DescribeDatasetGroup": dataset_groups.describe_dataset_group,
    "ListDatasetGroups": dataset_groups.list_dataset_groups,
    "DeleteDatasetGroup": dataset_groups.delete_dataset_group,
    "CreateDataset": datasets.create_dataset,
    "DescribeDataset": datasets.describe_dataset,
    "ListDatasets": datasets.list_datasets,
    "DeleteDataset": datasets.delete_dataset,
    "CreateDatasetImportJob": dataset_import_jobs.create_dataset_import_job,
    "DescribeDatasetImportJob": dataset_import_jobs.describe_dataset_import_job,
    "ListDatasetImportJobs": dataset_import_jobs.list_dataset_import_jobs,
    "CreateSolution": solutions.create_solution,
    "DescribeSolution": solutions.describe_solution,
    "ListSolutions": solutions.list_solutions,
    "DeleteSolution": solutions.delete_solution,
    "TagResource": tags.tag_resource,
    "UntagResource": tags.untag_resource,
    "ListTagsForResource": tags.list_tags_for_resource,
}
OPERATIONS: Final = frozenset(_OPERATIONS)
"""The operations that this service knows; it refuses all others."""


class PersonalizeService:
    """The service for all accounts and Regions. Safe to call from many threads at once."""

    def __init__(self, *, clock: Clock | None = None, settings: Settings | None = None) -> None:
        """Start empty.

        Args:
            clock: the service's time; real time by default.
            settings: durations and limits; the documented ones by default.
        """
        self.clock = clock or Clock()
        self.switches = Switches()
        self.store = Store(self.clock, settings or Settings(), self.switches)
        self.calls = CallLog()
        self._throttle = Throttle()
        self.switchboard = Switchboard(self.store, self.calls)

    def handle(self, operation: str, body: bytes, caller: Caller) -> Response:
        """Answer one call of the API, as `caller`; `operation` comes from the header X-Amz-Target."""
        started_at = self.clock.now()
        names: tuple[str, ...] = ()
        try:
            parameters = parameters_of(body)
            names = _names(parameters)
            response, outcome = self._faulty(operation, parameters, names, caller)
        except ServiceError as error:
            response, outcome = failure(error, self.clock.now()), error.code
        except Exception:
            _logger.exception("%s broke", operation)
            defect = internal_failure(messages.DEFECT)
            response, outcome = failure(defect, self.clock.now()), defect.code
        scope = caller.scope
        self.calls.add(ApiCall(started_at, operation, scope.account, scope.region, names, outcome))
        return response

    def _faulty(
        self, operation: str, parameters: Mapping[str, Any], names: tuple[str, ...], caller: Caller
    ) -> tuple[Response, str]:
        """Answer a call, with what tests have ordered to go wrong before or after it has had its effect."""
        fault = self.switches.take_fault(operation, names, self.clock.now())
        if fault is not None and not fault.after_effect and (early := _suffer(fault)):
            return early
        result = self._answer(operation, parameters, caller)
        if fault is not None and fault.after_effect and (late := _suffer(fault)):
            return late
        return success(result, self.clock.now()), "OK"

    def _answer(self, operation: str, parameters: Mapping[str, Any], caller: Caller) -> Mapping[str, object] | None:
        if operation not in _OPERATIONS:
            raise ServiceError("UnknownOperationException", messages.unknown_operation(operation))
        self._throttle.take(caller.scope, operation, self.clock.now(), self.store.settings)
        check_constraints(input_shape(operation), parameters)
        authorize(operation, parameters, caller)
        return _OPERATIONS[operation](Call(parameters, caller, self.store))


def _suffer(fault: Fault) -> tuple[Response, str] | None:
    """Hang if that is ordered; then drop, refuse, or let the call go on."""
    if fault.hang_seconds:
        time.sleep(fault.hang_seconds)
    if fault.drop_connection:
        return DROPPED, "dropped"
    if fault.error_code is not None:
        raise ServiceError(fault.error_code, fault.message, fault.http_status)
    return None


def _names(parameters: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names and ARNs that a call is about, for faults and for the log."""
    return tuple(value for key, value in parameters.items() if isinstance(value, str) and _is_name(key))


def _is_name(member: str) -> bool:
    return member in ("name", "jobName") or member.endswith("Arn")
