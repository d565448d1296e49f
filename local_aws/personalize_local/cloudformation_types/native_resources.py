"""The handlers of the native CloudFormation types of Personalize.

Like CloudFormation's handlers, they call the service, wait until a resource is ACTIVE or deleted, and fail with the
message that the stack event shows. A Ref returns the ARN, which is the types' primary identifier.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from personalize_local.cloudformation_types.handler_errors import (
    ResourceFailedError,
    handler_failure,
    handler_message,
)
from personalize_local.cloudformation_types.native_types import (
    NATIVE_TYPES,
    NOT_UPDATED,
    NativeType,
    Properties,
    api_tags,
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

Created = tuple[str, dict[str, str]]
"""The physical id, and the attributes for Fn::GetAtt."""


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
        """Replace the resource, or update it if only mutable properties have changed."""
        if not replaces(self.native, old_properties, new_properties):
            self._change(physical_id, old_properties, new_properties)
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
                raise handler_failure(error) from error

    def _change(self, arn: str, old: Properties, new: Properties) -> None:
        """Update what has changed: a dataset by an import job, tags, and the other properties."""
        names = changed(old, new)
        if "DatasetImportJob" in names and new.get("DatasetImportJob"):
            self._import(arn, new)
        updated = {name: new[name] for name in names - NOT_UPDATED if name in new}
        try:
            if "Tags" in names:
                self._retag(arn, old.get("Tags", []), new.get("Tags", []))
            if updated:
                operation = f"Update{self.native.kind}"
                self._call(operation, parameters_for(operation, {**updated, self.native.arn_attribute: arn}))
        except ServiceError as error:
            raise handler_failure(error) from error
        self._wait_until_active(self.native.kind, arn)

    def _retag(self, arn: str, old: list[dict[str, str]], new: list[dict[str, str]]) -> None:
        kept = {tag["Key"] for tag in new}
        removed = [tag["Key"] for tag in old if tag["Key"] not in kept]
        if removed:
            self._call("UntagResource", {"resourceArn": arn, "tagKeys": removed})
        if new:
            self._call("TagResource", {"resourceArn": arn, "tags": api_tags(new)})

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
            raise handler_failure(error) from error
        self._wait_until_active("DatasetImportJob", job_arn)

    def _wait_until_active(self, kind: str, arn: str) -> None:
        if kind == "Schema":
            return  # schemas have no status
        member = member_name(kind)
        while True:
            try:
                description = self._call(f"Describe{kind}", {f"{member}Arn": arn})[member]
            except ServiceError as error:
                raise handler_failure(error) from error
            status = description["status"]
            update = description.get(f"latest{kind}Update", {"status": ACTIVE})
            if status == update["status"] == ACTIVE:
                return
            if status == CREATE_FAILED:
                raise ResourceFailedError(handler_message(description.get("failureReason", status), "NotStabilized"))
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
            return handler_failure(error)
        identifier = properties["Name"]
        if self.native.kind == "Dataset":
            identifier = dataset_arn(properties["DatasetGroupArn"], properties["DatasetType"].upper())
        text = f"Resource of type '{self.native.type_name}' with identifier '{identifier}' already exists."
        return ResourceFailedError(handler_message(text, "AlreadyExists"))

    def _attributes(self, arn: str) -> dict[str, str]:
        if not self.native.attributes:
            return {self.native.arn_attribute: arn}
        member = member_name(self.native.kind)
        description = self._call(f"Describe{self.native.kind}", {self.native.arn_member: arn})[member]
        others = {name: _text(description[member_name(name)]) for name in self.native.attributes}
        return {self.native.arn_attribute: arn, **others}


def native_resources(service: PersonalizeService, caller: Callable[[], Caller]) -> dict[str, NativeResource]:
    """Return the handlers by the names of their types in templates."""
    return {native.type_name: NativeResource(native, service, caller) for native in NATIVE_TYPES}


def _text(value: object) -> str:
    """Return an attribute as a string; the format of times is not documented."""
    return datetime.fromtimestamp(value, UTC).isoformat() if isinstance(value, float) else str(value)
