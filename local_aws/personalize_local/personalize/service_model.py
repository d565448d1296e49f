"""The API model of Amazon Personalize, from botocore."""

from functools import cache

from botocore.loaders import Loader
from botocore.model import ServiceModel, StructureShape


@cache
def service_model() -> ServiceModel:
    """Return the model, which is loaded once."""
    return ServiceModel(Loader().load_service_model("personalize", "service-2"), "personalize")


@cache
def input_shape(operation: str) -> StructureShape:
    """Return the shape of an operation's request."""
    shape = service_model().operation_model(operation).input_shape
    if not isinstance(shape, StructureShape):
        raise TypeError(f"{operation} has no request structure")
    return shape


def member_name(name: str) -> str:
    """Return the member for a name in operations or templates: `datasetGroup` for `DatasetGroup`."""
    return name[:1].lower() + name[1:]
