"""Import jobs that another app created, imported by their ARN."""

import aws_cdk as cdk
import pytest

from personalize_import import DatasetImportJob, IDatasetImportJob, ValidationError
from tests.constructs.support.stacks import add_job, new_stack

ARN = "arn:aws:personalize:eu-west-1:123456789012:dataset-import-job/nightly-0123456789abcdef"


def test_an_imported_job_has_its_arn_and_its_name() -> None:
    job = DatasetImportJob.from_dataset_import_job_arn(new_stack(), "Imported", ARN)

    assert job.dataset_import_job_arn == ARN
    assert job.dataset_import_job_name == "nightly-0123456789abcdef"


def test_the_name_of_a_job_is_a_token_if_its_arn_is_one() -> None:
    stack = new_stack()
    job = DatasetImportJob.from_dataset_import_job_arn(stack, "Imported", cdk.Fn.import_value("Job"))

    assert "Fn::Select" in stack.resolve(job.dataset_import_job_name)


def test_created_and_imported_jobs_are_resources_with_one_interface() -> None:
    stack = new_stack()
    jobs: list[IDatasetImportJob] = [add_job(stack), DatasetImportJob.from_dataset_import_job_arn(stack, "Other", ARN)]

    assert all(cdk.Resource.is_resource(job) for job in jobs)  # type: ignore[arg-type]


@pytest.mark.parametrize("arn", ["", "nightly", ARN.replace("dataset-import-job", "dataset")])
def test_any_other_arn_is_refused(arn: str) -> None:
    with pytest.raises(ValidationError, match="dataset_import_job_arn must be the ARN of a dataset import job"):
        DatasetImportJob.from_dataset_import_job_arn(new_stack(), "Imported", arn)
