"""The construct: a dataset import job as a resource of a stack."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from constructs import Construct

from personalize_import.access.cross_account import Reader
from personalize_import.access.import_role import ImportRole, create_import_role
from personalize_import.access.preflight_access import grant_preflight
from personalize_import.access.read_access import grant_read
from personalize_import.data.data_as_of import check_data_as_of, data_as_of
from personalize_import.data.data_source import DataSource
from personalize_import.data.dataset_reference import DatasetReference
from personalize_import.data.dataset_schema_lookup import check_schema, find_schema
from personalize_import.data.reimport import Reimport, check_reimport
from personalize_import.import_order import check_after, order_imports
from personalize_import.imported_import_job import IDatasetImportJob, ImportedDatasetImportJob
from personalize_import.monitoring.observed_import import ObservedImport
from personalize_import.provider.imported import ImportedProvider
from personalize_import.provider.provider import DatasetImportProvider
from personalize_import.provider_requirements import check_asset_files, check_passable, check_preflight, check_provider
from personalize_import.synthesis import validation
from personalize_import.synthesis.at_synthesis import host_tasks
from personalize_import.synthesis.environment import note_stack_of, stack_scope_of, top_level_stack_of
from personalize_import.synthesis.environment_checks import check_environment, warn_of_environment
from personalize_import.synthesis.exported_attributes import warn_of_exported_attributes
from personalize_import.synthesis.validation import check_optional_text, check_text
from personalize_import.wait_chain import create_wait_chain, get_att_string
from personalize_import_handler import contract
from personalize_import_handler.contract import Attribute, ImportMode, ResourceProperties, constraints
from personalize_import_handler.contract.constraints import violation

if TYPE_CHECKING:  # for annotations alone, and older versions of the CDK don't have this module
    from aws_cdk.interfaces.aws_personalize import IDatasetRef

_DEFAULT_TIMEOUT: Final = cdk.Duration.seconds(contract.TIMEOUT_SECONDS_DEFAULT)


@jsii.implements(iam.IGrantable, cdk.ITaggableV2)
class DatasetImportJob(ObservedImport):
    """Import data from S3 into a dataset of Amazon Personalize when the stack is deployed, and wait for the end of it.

    The deploy goes on when the job is `ACTIVE`, and fails with the service's own reason when it is `CREATE FAILED`.
    `other.node.add_dependency(job)` holds back what needs the data, such as a solution. Another job starts when what is
    imported changes: the dataset, its schema, the location, the mode, the role or the attribution flag. The argument
    `reimport` adds other reasons.

    https://docs.aws.amazon.com/personalize/latest/dg/API_CreateDatasetImportJob.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        dataset: "IDatasetRef | str",
        data_source: DataSource,
        import_mode: ImportMode | str | None = None,
        after: "DatasetImportJob | None" = None,
        job_name_prefix: str | None = None,
        role: iam.IRole | None = None,
        tags: Mapping[str, str] | None = None,
        publish_attribution_metrics_to_s3: bool | None = None,
        reimport: Reimport | None = None,
        preflight: bool | None = None,
        timeout: cdk.Duration | None = None,
        wait: bool | None = None,
        provider: DatasetImportProvider | ImportedProvider | None = None,
    ) -> None:
        """Import data from S3 into a dataset.

        Args:
            scope: The construct that this one is in.
            id: The id within `scope`. It is a part of the job's name: the same import under another id runs again.
            dataset: A `CfnDataset`, or the ARN of a dataset made elsewhere. With the construct, a dataset that is
                replaced for a new schema is imported again.
            data_source: Where the data is; see `DataSource`.
            import_mode: `FULL` replaces all bulk data of the dataset, `INCREMENTAL` adds to it; the first import of a
                dataset must be `FULL`. Default: `FULL`.
            after: The import that an `INCREMENTAL` one adds to, of the same dataset and the same stack. This one runs
                after it, and again whenever that one imports again: a `FULL` import removes what was added before.
                Default: none.
            job_name_prefix: The beginning of the job's name; a suffix keeps the name unique. At most 46 letters,
                digits, hyphens and underscores. A new prefix alone doesn't start a new job. Default: the stack's name
                and the logical id.
            role: The role with which Personalize reads the data. It gets the permissions it lacks, also if it was
                imported by its ARN; what a role needs that may not be changed (`mutable=False`) is reported. It must
                trust `personalize.amazonaws.com`. Default: a new one that may read the location and nothing else.
            tags: Tags of the job, at most 48 together with those of `Tags.of(...)`, which win where both have a key.
            publish_attribution_metrics_to_s3: Whether to publish a report on metric attribution; only for a dataset
                group that has a metric attribution. Default: False.
            reimport: When the data is imported again although the properties above have not changed:
                `Reimport.when_value_changes("2026-11")` or `Reimport.when_data_changes()`. Default:
                `Reimport.when_properties_change()`.
            preflight: Whether the data is looked at before the job starts, with the import role's own permissions: all
                of it up to 4 MiB, else the head of each file. What breaks a rule of docs/checks.md fails the deploy in
                seconds. Default: False.
            timeout: How long the deploy waits before it fails, from 1 minute to 36 hours. The job itself can't be
                stopped; deploying again joins it. One resource may wait for at most an hour, so a longer time than
                55 minutes adds a resource to the stack for each 55 minutes. A token is at most 55 minutes.
                Default: 55 minutes.
            wait: Whether the deploy waits for the job. With False it goes on once the job is accepted, and doesn't
                learn of its failure. Default: True.
            provider: The provider that handles the resource. It can be in another stack, or imported with
                `DatasetImportProvider.from_provider_attributes(...)`. Default: the provider of the stack, which is
                created on first use.

        Raises:
            ValidationError: A `ValueError` that names each argument that is wrong, its value and what is allowed.
        """
        super().__init__(scope, id)
        note_stack_of(self, scope)
        reference = DatasetReference.of(dataset, self)
        dataset_arn = reference.arn
        compares_data = isinstance(reimport, Reimport) and reimport.compares_data
        validation.require(
            self,
            [
                *validation.check_dataset("dataset", dataset, dataset_arn),
                *check_optional_text("dataset.schema_arn", reference.present_schema_arn, constraints.SCHEMA_ARN),
                *_check_data_source("data_source", data_source),
                *check_schema("data_source.schema", data_source, reference.resource),
                *validation.check_import_mode("import_mode", import_mode),
                *check_after("after", after, self, import_mode, reference.arn),
                *check_optional_text("job_name_prefix", job_name_prefix, constraints.JOB_NAME),
                *validation.check_role("role", role),
                *validation.check_tags("tags", tags),
                *validation.check_boolean("publish_attribution_metrics_to_s3", publish_attribution_metrics_to_s3),
                *check_reimport("reimport", reimport),
                *check_data_as_of("reimport", reimport, self),
                *validation.check_boolean("preflight", preflight),
                *validation.check_timeout("timeout", timeout),
                *validation.check_boolean("wait", wait),
                *check_provider("provider", provider, self),
                *check_passable("role", role, provider, self),
                *_check_owner("role", role, self),
                *check_preflight("preflight", provider, asked=bool(preflight)),
                *check_preflight("reimport", provider, asked=compares_data),
                *check_asset_files("data_source", data_source, provider),
                *check_environment(
                    self,
                    reference.resource or dataset,
                    dataset_arn,
                    data_source.bucket if isinstance(data_source, DataSource) else None,
                    role,
                    provider,
                ),
            ],
        )
        warn_of_environment(self, data_source.bucket, data_source.encryption_key)
        self._tag_manager = _tag_manager(tags)
        if tags:
            self._let_tags_be_checked()
        self._provider = provider = provider or DatasetImportProvider.get_or_create(self)
        self._dataset_arn = dataset_arn
        if data_source.local:
            from personalize_import.data.synth_checks import (
                check_data,  # what looks at data is loaded where there is any
            )

            check_data(self, data_source.local, data_source.schema or find_schema(reference.resource), import_mode)
        if isinstance(provider, DatasetImportProvider):  # no other can be given data of this machine
            data_source = data_source.bind(self, provider)
        self._role, path = _role_of(self, role, data_source, provider)
        self._access = grant_read(data_source, Reader(self, self._role, path), is_ours=role is None)
        if preflight or compares_data:
            grant_preflight(self, self._role, provider, is_ours=role is None, reads_schema=bool(preflight))
        properties: ResourceProperties = {
            "DatasetArn": dataset_arn,
            "SchemaArn": reference.schema_arn,
            "DatasetDefinition": reference.definition(self),  # type: ignore[typeddict-item]  # a token until synth
            "After": after.dataset_import_job_arn if after else None,
            "StackScope": stack_scope_of(self),
            "DataLocation": data_source.data_location,
            "DataFiles": [*data_source.files] or None,
            "RoleArn": self._role.role_arn,
            "JobName": job_name_prefix,
            "ImportMode": None if import_mode is None else str(import_mode),
            "PublishAttributionMetricsToS3": publish_attribution_metrics_to_s3,
            "Tags": self._tag_manager.rendered_tags,  # type: ignore[typeddict-item]  # a token until synth
            "ReimportToken": reimport.value if reimport else None,
            "Reimport": reimport.mode.value if reimport and compares_data else None,
            "DataAsOf": data_as_of(self, reimport.as_of) if reimport and compares_data else None,
            "Preflight": preflight or None,
            "Wait": wait is not False,
        }
        self._chain = create_wait_chain(self, provider.service_token, properties, timeout or _DEFAULT_TIMEOUT)
        first = self._chain[0]
        host_tasks(self, first)
        warn_of_exported_attributes(self, self._chain)
        order_imports(self, dataset_arn, import_mode, self._chain, after, job_name_prefix)
        # The role with whatever is granted to it is there before the job, and outlives it.
        first.node.add_dependency(self._role, *self._access.granted)
        if role and provider.permissions_on_roles:
            first.node.add_dependency(provider.permissions_on_roles)
        if isinstance(provider, DatasetImportProvider) and data_source.files:
            first.node.add_dependency(provider.staging_bucket)

    @staticmethod
    def from_dataset_import_job_arn(scope: Construct, id: str, dataset_import_job_arn: str) -> IDatasetImportJob:
        """Import a job by its ARN.

        Args:
            scope: The construct that contains this one.
            id: The id within `scope`.
            dataset_import_job_arn: The ARN of the job, or a token.

        Raises:
            ValidationError: The ARN is not that of a dataset import job.
        """
        return ImportedDatasetImportJob(scope, id, dataset_import_job_arn)

    @property
    def dataset_import_job_arn(self) -> str:
        """The job's ARN; a token."""
        return self.get_att_string(Attribute.DATASET_IMPORT_JOB_ARN)

    @property
    def dataset_import_job_name(self) -> str:
        """The job's full name, with its suffix; a token."""
        return self.get_att_string(Attribute.JOB_NAME)

    @property
    def dataset_import_job_status(self) -> str:
        """The status that the deploy ended with: `ACTIVE`, unless `wait` is False; a token."""
        return self.get_att_string(Attribute.STATUS)

    @property
    def role(self) -> iam.IRole:
        """The role with which Personalize reads the data."""
        return self._role

    def get_att_string(self, attribute_name: str) -> str:
        """Return an attribute of the custom resource, as a token.

        Args:
            attribute_name: `DatasetImportJobArn`, `JobName`, `Status`, `DatasetArn`, `CreationDateTime`,
                `LastUpdatedDateTime` or `DurationSeconds`.
        """
        return get_att_string(self._chain[-1], attribute_name)

    @property
    def dataset_arn(self) -> str:
        """The ARN of the dataset that is imported into."""
        return self._dataset_arn

    @property
    def provider(self) -> DatasetImportProvider | ImportedProvider:
        """What handles the resource."""
        return self._provider

    @property
    def required_bucket_policy_statements(self) -> list[iam.PolicyStatement]:
        """What the policy of the bucket must hold, where this app doesn't own the bucket; empty where it does."""
        return [iam.PolicyStatement.from_json(each) for each in self._access.required_bucket_policy_statements]

    @property
    def required_key_policy_statements(self) -> list[iam.PolicyStatement]:
        """What the policy of the bucket's key must hold, where there is one that this app doesn't own."""
        return [iam.PolicyStatement.from_json(each) for each in self._access.required_key_policy_statements]

    @property
    def required_role_statements(self) -> list[iam.PolicyStatement]:
        """What the policy of a role that was brought must hold, where this app may not change it."""
        return [iam.PolicyStatement.from_json(each) for each in self._access.required_role_statements]

    @property
    @jsii.member(jsii_name="grantPrincipal")
    def grant_principal(self) -> iam.IPrincipal:
        """Who is given a permission that is granted to this job: the role with which Personalize reads the data."""
        return self._role.grant_principal

    @property
    @jsii.member(jsii_name="cdkTagManager")
    def cdk_tag_manager(self) -> cdk.TagManager:
        """The job's tags, for `Tags.of(...)`."""
        self._let_tags_be_checked()  # for whoever asks may set some; most jobs have none
        return self._tag_manager

    def _let_tags_be_checked(self) -> None:
        validation.check_all_tags(self, self._tag_manager)

    @property
    def _resources(self) -> Sequence[cdk.CfnResource]:
        return self._chain


def _check_data_source(name: str, data_source: object) -> Iterator[str]:
    if not isinstance(data_source, DataSource):
        yield violation(name, data_source, "a DataSource, such as DataSource.from_bucket(bucket, 'interactions/')")
    elif data_source.local is None:
        yield from check_text(name, data_source.data_location, constraints.DATA_LOCATION)


def _check_owner(name: str, role: object, scope: Construct) -> Iterator[str]:
    """Yield a problem if a role was created for the job of another stack, which the handler doesn't let be used."""
    owner = role.node.scope if isinstance(role, iam.Role) else None
    if isinstance(owner, DatasetImportJob) and top_level_stack_of(owner) is not top_level_stack_of(scope):
        yield violation(name, owner.node.path, "a role of this stack, or one that was not created for a job")


def _role_of(
    scope: Construct,
    role: iam.IRole | None,
    data_source: DataSource,
    provider: DatasetImportProvider | ImportedProvider,
) -> ImportRole:
    """Return the role that the job runs with, and allow the provider to pass it."""
    if role is None:
        created = create_import_role(scope, data_source, provider.import_role_path, provider.permissions_boundary)
        if created.path is not None:
            provider.serve(scope)
            return created
        role = created.role
    if provider.may_name(role, scope):
        provider.allow_passing(role)
    return ImportRole(role, path=None)


def _tag_manager(tags: Mapping[str, str] | None) -> cdk.TagManager:
    manager = cdk.TagManager(cdk.TagType.KEY_VALUE, contract.RESOURCE_TYPE)
    for key, value in (tags or {}).items():
        manager.set_tag(key, value)
    return manager
