"""The handlers of the native CloudFormation types of Personalize: Schema, DatasetGroup, Dataset and Solution.

Like CloudFormation's handlers, they call the service, wait until a resource is ACTIVE or deleted, and fail with the
message that the stack event shows. A Ref returns the ARN, which is the types' primary identifier.
"""

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from personalize_local.cloudformation_types.native_types import (
    NATIVE_TYPES,
    NativeType,
    Properties,
    changed,
    creation_parameters,
    parameters_for,
    property_problems,
    replaces,
)
from personalize_local.personalize.arns import dataset_arn
from personalize_local.personalize.errors import ServiceError
from personalize_local.personalize.interfaces import Caller
from personalize_local.personalize.resource_status import ACTIVE, CREATE_FAILED
from personalize_local.personalize.service import PersonalizeService
from personalize_local.personalize.service_model import member_name

_POLL_SECONDS: Final = 1.0
_THROTTLED_TRIES: Final = 10
_OK: Final = 200

# https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html
_HANDLER_ERROR_CODES: Final[Mapping[str, str]] = {
    "AccessDeniedException": "AccessDenied",
    "InvalidInputException": "InvalidRequest",
    "LimitExceededException": "ServiceLimitExceeded",
    "ResourceInUseException": "ResourceConflict",
    "ResourceNotFoundException": "NotFound",
    "ThrottlingException": "Throttling",
    "ValidationException": "InvalidRequest",
}

Created = tuple[str, dict[str, str]]
"""The physical id, and the attributes for Fn::GetAtt."""


class ResourceFailedError(Exception):
    """A resource operation failed; the message is the reason in the stack event."""


@dataclass(frozen=True)
class NativeResource:
    """The create, update and delete handlers of one native type.

    An update that replaces a resource keeps the old one, which the engine deletes in the stack's cleanup phase.

    Args:
        native: The type.
        service: The service that is called.
        caller: Returns the caller for a call.
    """

    native: NativeType
    service: PersonalizeService
    caller: Callable[[], Caller]

    def create(self, logical_id: str, properties: Properties, _stack_name: str = "") -> Created:
        """Create the resource and wait until it is ACTIVE, including a dataset's import job."""
        problems = list(property_problems(self.native, properties))
        if problems:
            listed = "\n".join(problems)
            raise ResourceFailedError(f"Properties validation failed for resource {logical_id} with message:\n{listed}")
        try:
            result = self._call(f"Create{self.native.kind}", creation_parameters(self.native, properties))
        except ServiceError as error:
            raise self._create_failure(error, properties) from error
        arn = str(result[self.native.arn_member])
        self._wait_until_active(self.native.kind, arn)
        if properties.get("DatasetImportJob"):
            self._first_import(arn, properties)
        return arn, self._attributes(arn)

    def update(
        self, physical_id: str, old_properties: Properties, new_properties: Properties, stack_name: str = ""
    ) -> Created:
        """Replace the resource, or start a dataset's import job if nothing else has changed."""
        if not replaces(self.native, old_properties, new_properties):
            if changed(old_properties, new_properties) and new_properties.get("DatasetImportJob"):
                self._import(physical_id, new_properties)
            return physical_id, self._attributes(physical_id)
        name = str(new_properties.get("Name"))
        if self.native.deleted_before_replaced:
            self.delete(physical_id, old_properties)
            return self.create(name, new_properties, stack_name)
        if old_properties.get("Name") == new_properties.get("Name"):
            raise ResourceFailedError(
                "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
                f"Rename {name} and update the stack again."
            )
        return self.create(name, new_properties, stack_name)

    def delete(self, physical_id: str, _properties: Properties | None = None) -> None:
        """Delete the resource and wait until it no longer exists."""
        parameters = {self.native.arn_member: physical_id}
        try:
            self._call(f"Delete{self.native.kind}", parameters)
            while True:
                self._call(f"Describe{self.native.kind}", parameters)
                self.service.clock.sleep(_POLL_SECONDS)
        except ServiceError as error:
            if error.code != "ResourceNotFoundException":
                raise _handler_failure(error) from error

    def _first_import(self, arn: str, properties: Properties) -> None:
        """Import into a new dataset; delete the dataset if the import fails."""
        try:
            self._import(arn, properties)
        except ResourceFailedError:
            self.delete(arn)
            raise

    def _import(self, arn: str, properties: Properties) -> None:
        given = {name: value for name, value in properties["DatasetImportJob"].items() if name != "DatasetImportJobArn"}
        try:
            parameters = parameters_for("CreateDatasetImportJob", {**given, "DatasetArn": arn})
            job_arn = str(self._call("CreateDatasetImportJob", parameters)["datasetImportJobArn"])
        except ServiceError as error:
            raise _handler_failure(error) from error
        self._wait_until_active("DatasetImportJob", job_arn)

    def _wait_until_active(self, kind: str, arn: str) -> None:
        if kind == "Schema":
            return  # schemas have no status
        member = member_name(kind)
        while True:
            try:
                description = self._call(f"Describe{kind}", {f"{member}Arn": arn})[member]
            except ServiceError as error:
                raise _handler_failure(error) from error
            status = description["status"]
            if status == ACTIVE:
                return
            if status == CREATE_FAILED:
                raise ResourceFailedError(_handler_message(description.get("failureReason", status), "NotStabilized"))
            self.service.clock.sleep(_POLL_SECONDS)

    def _call(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Call the service; retry throttled calls as CloudFormation's handlers do."""
        body = json.dumps(parameters).encode()
        for tries_left in reversed(range(_THROTTLED_TRIES)):
            response = self.service.handle(operation, body, self.caller())
            answer: dict[str, Any] = json.loads(response.body or b"{}")
            if response.status == _OK:
                return answer
            if answer.get("__type") != "ThrottlingException" or not tries_left:
                break
            self.service.clock.sleep(_POLL_SECONDS)
        raise ServiceError(answer.get("__type", "ServiceUnavailable"), answer.get("message", ""), response.status)

    def _create_failure(self, error: ServiceError, properties: Properties) -> ResourceFailedError:
        if error.code != "ResourceAlreadyExistsException":
            return _handler_failure(error)
        identifier = properties["Name"]
        if self.native.kind == "Dataset":
            identifier = dataset_arn(properties["DatasetGroupArn"], properties["DatasetType"].upper())
        text = f"Resource of type '{self.native.type_name}' with identifier '{identifier}' already exists."
        return ResourceFailedError(_handler_message(text, "AlreadyExists"))

    def _attributes(self, arn: str) -> dict[str, str]:
        return {self.native.arn_attribute: arn}


def native_resources(service: PersonalizeService, caller: Callable[[], Caller]) -> dict[str, NativeResource]:
    """Return the handlers by the names of their types in templates."""
    return {native.type_name: NativeResource(native, service, caller) for native in NATIVE_TYPES}


def _handler_failure(error: ServiceError) -> ResourceFailedError:
    origin = f"Service: Personalize, Status Code: {error.status}, Request ID: {uuid.uuid4()}"
    code = _HANDLER_ERROR_CODES.get(error.code, "GeneralServiceException")
    return ResourceFailedError(_handler_message(f"{error.message} ({origin})", code))


def _handler_message(text: str, code: str) -> str:
    return f'Resource handler returned message: "{text}" (RequestToken: {uuid.uuid4()}, HandlerErrorCode: {code})'
