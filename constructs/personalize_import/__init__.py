"""`AWS::Personalize::DatasetImportJob`, the resource that CloudFormation does not have, as a CDK construct."""

from typing import TYPE_CHECKING

from personalize_import.data.data_source import DataSource
from personalize_import.data.reimport import Reimport
from personalize_import.dataset_import_job import DatasetImportJob
from personalize_import.import_dashboard import ImportDashboard
from personalize_import.imported_dataset import ImportedDataset
from personalize_import.imported_import_job import IDatasetImportJob
from personalize_import.provider.provider import DatasetImportProvider
from personalize_import.schema.dataset_schema import DatasetSchema
from personalize_import.synthesis.validation import ValidationError
from personalize_import_handler.contract import ImportMode

if TYPE_CHECKING:
    from personalize_import.refresh.import_target import ImportTarget

__all__ = [
    "DataSource",
    "DatasetImportJob",
    "DatasetImportProvider",
    "DatasetSchema",
    "IDatasetImportJob",
    "ImportDashboard",
    "ImportMode",
    "ImportTarget",
    "ImportedDataset",
    "Reimport",
    "ValidationError",
]

if not TYPE_CHECKING:  # for type checkers, the module has only the names above

    def __getattr__(name: str) -> object:
        """Import `ImportTarget` on first use: it loads `aws_scheduler`, which few apps need."""
        if name == "ImportTarget":
            from personalize_import.refresh.import_target import ImportTarget

            return ImportTarget
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
