"""A property injector."""

from collections.abc import Mapping

import aws_cdk as cdk
import jsii
from constructs import Construct

from personalize_import import DatasetImportJob, DatasetImportProvider, ImportDashboard, ImportedDataset

Injectable = DatasetImportJob | DatasetImportProvider | ImportDashboard | ImportedDataset


@jsii.implements(cdk.IPropertyInjector)
class Injector:
    """Adds arguments to every construct of a class, unless the construct was given other ones."""

    def __init__(self, construct_class: type[Injectable], **arguments: object) -> None:
        self._unique_id = construct_class.PROPERTY_INJECTION_ID
        self._arguments = arguments

    @property
    def construct_unique_id(self) -> str:
        return self._unique_id

    def inject(self, original_props: Mapping[str, object], *, scope: Construct, id: str) -> Mapping[str, object]:
        return {**self._arguments, **original_props}
