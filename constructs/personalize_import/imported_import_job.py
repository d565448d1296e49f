"""The interface of import jobs, and jobs that are imported by their ARN."""

from typing import Final, Protocol

import aws_cdk as cdk
from constructs import Construct, Node

from personalize_import.synthesis import validation
from personalize_import_handler import contract
from personalize_import_handler.contract.constraints import TextRule

_JOB_ARN: Final = TextRule(
    "the ARN of a dataset import job such as arn:aws:personalize:eu-west-1:123456789012:dataset-import-job/my-import, "
    f"at most {contract.ARN_LENGTH_MAX} characters",
    r"arn:[a-z-]+:personalize:[a-z0-9-]+:[0-9]{12}:dataset-import-job/[A-Za-z0-9][A-Za-z0-9_-]*",
    contract.ARN_LENGTH_MAX,
)


class IDatasetImportJob(Protocol):
    """A dataset import job, created by this app or imported with `DatasetImportJob.from_dataset_import_job_arn`."""

    @property
    def node(self) -> Node:
        """The construct's node."""

    @property
    def dataset_import_job_arn(self) -> str:
        """The ARN of the job."""

    @property
    def dataset_import_job_name(self) -> str:
        """The name of the job."""


class ImportedDatasetImportJob(cdk.Resource):
    """An import job that was created outside this app; it implements `IDatasetImportJob`."""

    def __init__(self, scope: Construct, id: str, dataset_import_job_arn: str) -> None:
        validation.require_all(validation.check_text("dataset_import_job_arn", dataset_import_job_arn, _JOB_ARN))
        super().__init__(scope, id, environment_from_arn=dataset_import_job_arn)
        self._arn = dataset_import_job_arn

    @property
    def dataset_import_job_arn(self) -> str:
        """The ARN of the job."""
        return self._arn

    @property
    def dataset_import_job_name(self) -> str:
        """The name of the job; a token if the ARN is one."""
        return str(cdk.Arn.split(self._arn, cdk.ArnFormat.SLASH_RESOURCE_NAME).resource_name)
