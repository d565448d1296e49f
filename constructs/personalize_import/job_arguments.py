"""The arguments of an import job, and their checks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypedDict

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk.interfaces.aws_iam import IRoleRef
from aws_cdk.interfaces.aws_personalize import IDatasetRef
from constructs import Construct

from personalize_import.data.data_as_of import check_data_as_of
from personalize_import.data.data_source import DataSource
from personalize_import.data.dataset_reference import DatasetReference
from personalize_import.data.reimport import Reimport, check_reimport
from personalize_import.import_order import check_after
from personalize_import.imported_import_job import IDatasetImportJob
from personalize_import.monitoring.monitored_import import MonitoredImport
from personalize_import.provider.interface import IDatasetImportProvider
from personalize_import.provider_requirements import check_passable, check_preflight, check_provider
from personalize_import.synthesis import validation
from personalize_import.synthesis.environment_checks import check_environment
from personalize_import.synthesis.stack_environment import top_level_stack_of
from personalize_import.synthesis.validation import check_optional_text
from personalize_import_handler.contract import ImportMode, constraints
from personalize_import_handler.contract.constraints import violation


class JobOptions(TypedDict, total=False):
    """The optional arguments of `DatasetImportJob`, which describes them, without `after`, which needs another job."""

    import_mode: ImportMode | Literal["FULL", "INCREMENTAL"] | None
    job_name_prefix: str | None
    role: IRoleRef | None
    tags: Mapping[str, str] | None
    publish_attribution_metrics_to_s3: bool | None
    reimport: Reimport | None
    preflight: bool | None
    timeout: cdk.Duration | None
    wait: bool | None
    provider: IDatasetImportProvider | None


@dataclass(frozen=True)
class JobArguments:
    """The arguments of `DatasetImportJob`, which describes them."""

    dataset: IDatasetRef | str
    reference: DatasetReference
    """The dataset, by its ARN and schema."""
    data_source: DataSource
    import_mode: ImportMode | str | None
    after: IDatasetImportJob | None
    job_name_prefix: str | None
    role: iam.IRole | None
    tags: Mapping[str, str] | None
    publish_attribution_metrics_to_s3: bool | None
    reimport: Reimport | None
    preflight: bool | None
    timeout: cdk.Duration | None
    wait: bool | None
    provider: IDatasetImportProvider | None

    @property
    def compares_data(self) -> bool:
        """True if the provider compares the files with the files of the last import."""
        return isinstance(self.reimport, Reimport) and self.reimport.compares_data


def check_arguments(job: Construct, arguments: JobArguments) -> None:
    """Raise `ValidationError` with each invalid argument of a job, its value and what is allowed."""
    reference, provider, role = arguments.reference, arguments.provider, arguments.role
    validation.require(
        job,
        validation.check_dataset("dataset", arguments.dataset, reference.arn),
        check_optional_text("dataset.schema_arn", reference.present_schema_arn, constraints.SCHEMA_ARN),
        _check_data_source("data_source", arguments.data_source),
        validation.check_import_mode("import_mode", arguments.import_mode),
        check_after("after", arguments.after, job, arguments.import_mode, reference.arn),
        check_optional_text("job_name_prefix", arguments.job_name_prefix, constraints.JOB_NAME),
        validation.check_role("role", role),
        validation.check_tags("tags", arguments.tags),
        validation.check_boolean("publish_attribution_metrics_to_s3", arguments.publish_attribution_metrics_to_s3),
        check_reimport("reimport", arguments.reimport),
        check_data_as_of("reimport", arguments.reimport, job),
        validation.check_boolean("preflight", arguments.preflight),
        validation.check_timeout("timeout", arguments.timeout),
        validation.check_boolean("wait", arguments.wait),
        check_provider("provider", provider, job),
        check_passable("role", role, provider, job),
        _check_owner("role", role, job),
        check_preflight("preflight", provider, is_used=bool(arguments.preflight)),
        check_preflight("reimport", provider, is_used=arguments.compares_data),
        check_environment(job, reference.resource or arguments.dataset, reference.arn, role, provider),
    )


def _check_data_source(name: str, data_source: object) -> Iterator[str]:
    if not isinstance(data_source, DataSource):
        yield violation(name, data_source, "a DataSource, such as DataSource.from_bucket(bucket, 'interactions/')")


def _check_owner(name: str, role: object, scope: Construct) -> Iterator[str]:
    """Yield a problem if a role was created for the job of another stack, which the handler refuses to use."""
    owner = role.node.scope if isinstance(role, iam.Role) else None
    if isinstance(owner, MonitoredImport) and top_level_stack_of(owner) is not top_level_stack_of(scope):
        yield violation(name, owner.node.path, "a role of this stack, or one that was not created for a job")
