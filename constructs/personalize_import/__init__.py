"""`AWS::Personalize::DatasetImportJob`, the resource that CloudFormation does not have, as a CDK construct."""

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

__all__ = [
    "DataSource",
    "DatasetImportJob",
    "DatasetImportProvider",
    "DatasetSchema",
    "IDatasetImportJob",
    "ImportDashboard",
    "ImportMode",
    "ImportedDataset",
    "Reimport",
    "ValidationError",
]
