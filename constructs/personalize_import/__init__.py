"""`AWS::Personalize::DatasetImportJob`, the resource that CloudFormation does not have, as a CDK construct."""

from personalize_import.dashboard import ImportDashboard
from personalize_import.data_source import DataSource
from personalize_import.dataset_import_job import DatasetImportJob
from personalize_import.dataset_schema import DatasetSchema
from personalize_import.provider import DatasetImportProvider
from personalize_import.reimport import Reimport
from personalize_import_handler.contract import ImportMode

__all__ = [
    "DataSource",
    "DatasetImportJob",
    "DatasetImportProvider",
    "DatasetSchema",
    "ImportDashboard",
    "ImportMode",
    "Reimport",
]
