"""The API model of Amazon Personalize, from botocore."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape, StructureShape

PERSONALIZE: Final = "personalize"
EVENTS: Final = "personalize-events"
RUNTIME: Final = "personalize-runtime"


@cache
def service_model(service: str = PERSONALIZE) -> ServiceModel:
    """Return the model of a service, which is loaded once."""
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def operations_of(service: str) -> list[str]:
    """Return the names of a service's operations; no two of the services share one."""
    return list(service_model(service).operation_names)


@cache
def operation_model(operation: str) -> OperationModel:
    """Return the model of an operation of any of the services."""
    (service,) = [each for each in (PERSONALIZE, EVENTS, RUNTIME) if operation in operations_of(each)]
    return service_model(service).operation_model(operation)


@cache
def input_shape(operation: str) -> StructureShape:
    """Return the shape of an operation's request."""
    shape = operation_model(operation).input_shape
    if not isinstance(shape, StructureShape):
        raise TypeError(f"{operation} has no request structure")
    return shape


@cache
def output_shape(operation: str) -> StructureShape:
    """Return the shape of an operation's response."""
    shape = operation_model(operation).output_shape
    if not isinstance(shape, StructureShape):
        raise TypeError(f"{operation} has no response structure")
    return shape


def structure(shape: Shape) -> StructureShape:
    """Return a shape that is known to be a structure; raise TypeError for another one."""
    if not isinstance(shape, StructureShape):
        raise TypeError(f"{shape.name} is not a structure")
    return shape


def has_operation(operation: str) -> bool:
    """Return whether the API has an operation."""
    return operation in service_model().operation_names


def members_of_shape(shape: StructureShape, members: Mapping[str, object]) -> dict[str, object]:
    """Return the members that a shape has, without those that are None."""
    return {name: members[name] for name in shape.members if members.get(name) is not None}


def member_name(name: str) -> str:
    """Return the member for a name in operations or templates: `datasetGroup` for `DatasetGroup`."""
    return name[:1].lower() + name[1:]
