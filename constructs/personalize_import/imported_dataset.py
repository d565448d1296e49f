"""The construct `ImportedDataset`."""

from collections.abc import Iterator
from typing import Final, Unpack

from aws_cdk import aws_personalize as personalize
from aws_cdk.interfaces.aws_personalize import IDatasetGroupRef
from constructs import Construct

from personalize_import.data.data_source import DataSource
from personalize_import.data.dataset_reference import referenced_by
from personalize_import.dataset_import_job import DatasetImportJob
from personalize_import.job_arguments import JobOptions
from personalize_import.schema.dataset_schema import DatasetSchema
from personalize_import.synthesis import validation
from personalize_import.synthesis.names import NAME, name_of_path, name_that_fits
from personalize_import.synthesis.property_injection import property_injectable
from personalize_import.synthesis.stack_environment import note_stack_of
from personalize_import.synthesis.validation import check_optional_text, check_text
from personalize_import_handler.contract import constraints
from personalize_import_handler.contract.constraints import violation

# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-personalize-dataset.html
_DATASET_TYPES: Final = ("Interactions", "Items", "Users")


@property_injectable
class ImportedDataset(Construct):
    """A dataset with its schema and its data: a `CfnSchema`, a `CfnDataset` and a `DatasetImportJob`.

    Make resources that need the data depend on this construct: `solution.node.add_dependency(imported_dataset)`.
    CloudFormation replaces a dataset when its name, dataset group, schema or tags change; its data is then imported
    again. Several datasets of a dataset group are created and imported in parallel.

    A dataset group has one dataset of each type. So under another id, CloudFormation can't create the dataset before
    it has deleted the previous one: use `cdk refactor` to change the id or to move the construct.
    """

    PROPERTY_INJECTION_ID: Final = "cdk-personalize-import.ImportedDataset"
    """The id of this class for `PropertyInjectors`."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        dataset_group: IDatasetGroupRef | str,
        schema: DatasetSchema,
        data_source: DataSource,
        dataset_name: str | None = None,
        schema_name: str | None = None,
        **job: Unpack[JobOptions],
    ) -> None:
        """Create a dataset with its schema, and import its data.

        Args:
            scope: The construct that contains this one.
            id: The id within `scope`. It is part of the generated names.
            dataset_group: A `CfnDatasetGroup`, or the ARN of a dataset group that was created elsewhere.
            schema: The schema, of the type `Interactions`, `Items` or `Users`, which is also the type of the dataset.
                CloudFormation can't create datasets of actions.
            data_source: The location of the data; see `DataSource`.
            dataset_name: The dataset's name, at most 63 letters, digits, hyphens and underscores. Default: the stack's
                name and the id.
            schema_name: The schema's name, at most 63 characters. A schema that changes needs another name. Default:
                the stack's name and the id, with a digest that changes whenever the schema or its tags change.
            **job: All other arguments of `DatasetImportJob`: `import_mode`, `job_name_prefix`, `role`, `tags`,
                `publish_attribution_metrics_to_s3`, `reimport`, `preflight`, `timeout`, `wait` and `provider`. `tags`
                are those of the job; `Tags.of(imported_dataset)` adds tags to dataset and schema too.

        Raises:
            ValidationError: A `ValueError` that names each invalid argument, its value and what is allowed.
        """
        super().__init__(scope, id)
        note_stack_of(self, scope)
        validation.require(
            self,
            _check_dataset_group("dataset_group", dataset_group),
            _check_schema("schema", schema),
            check_optional_text("dataset_name", dataset_name, NAME),
        )
        self._schema = schema.to_cfn_schema(self, "Schema", name=schema_name)
        self._dataset = personalize.CfnDataset(
            self,
            "Dataset",
            name=dataset_name or name_that_fits(name_of_path(scope, id)),
            dataset_type=schema.dataset_type,
            dataset_group_arn=_arn_of(dataset_group),
            schema_arn=self._schema.attr_schema_arn,
        )
        self._import_job = DatasetImportJob(self, "Import", dataset=self._dataset, data_source=data_source, **job)

    @property
    def schema(self) -> personalize.CfnSchema:
        """The schema."""
        return self._schema

    @property
    def dataset(self) -> personalize.CfnDataset:
        """The dataset, for example for `INCREMENTAL` imports after `import_job`."""
        return self._dataset

    @property
    def import_job(self) -> DatasetImportJob:
        """The import."""
        return self._import_job


def _arn_of(dataset_group: IDatasetGroupRef | str) -> str:
    arn = dataset_group if isinstance(dataset_group, str) else dataset_group.dataset_group_ref.dataset_group_arn
    group = referenced_by(arn)
    # Not the reference, which uses Ref: that returns the name according to CloudFormation's documentation.
    return group.attr_dataset_group_arn if isinstance(group, personalize.CfnDatasetGroup) else arn


def _check_dataset_group(name: str, dataset_group: IDatasetGroupRef | str) -> Iterator[str]:
    if not isinstance(dataset_group, str) and not hasattr(dataset_group, "dataset_group_ref"):
        yield violation(name, dataset_group, "a CfnDatasetGroup, another IDatasetGroupRef, or a dataset group's ARN")
    else:
        yield from check_text(name, _arn_of(dataset_group), constraints.DATASET_GROUP_ARN)


def _check_schema(name: str, schema: DatasetSchema) -> Iterator[str]:
    if not isinstance(schema, DatasetSchema):
        yield violation(name, schema, "a DatasetSchema, such as DatasetSchema.interactions()")
    elif schema.dataset_type not in _DATASET_TYPES:
        allowed = "of a type that CloudFormation can create: Interactions, Items or Users"
        yield violation(name, schema.dataset_type, allowed)
