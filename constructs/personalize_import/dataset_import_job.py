"""The construct `DatasetImportJob`."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from aws_cdk.interfaces.aws_iam import IRoleRef
from aws_cdk.interfaces.aws_personalize import IDatasetRef
from constructs import Construct

from personalize_import.access.cross_account import Reader
from personalize_import.access.import_role import import_role_for, role_of
from personalize_import.access.preflight_access import grant_preflight
from personalize_import.access.read_access import ReadAccess, grant_read
from personalize_import.data.data_source import DataSource
from personalize_import.data.data_source_config import DataSourceConfig, DataSourceContext, warn_of_missing_slash
from personalize_import.data.dataset_reference import DatasetReference
from personalize_import.data.reimport import Reimport
from personalize_import.import_order import order_imports
from personalize_import.imported_import_job import IDatasetImportJob, ImportedDatasetImportJob
from personalize_import.job_arguments import JobArguments, check_arguments
from personalize_import.monitoring.monitored_import import MonitoredImport
from personalize_import.provider.interface import IDatasetImportProvider, support_of
from personalize_import.provider.provider import default_provider_of
from personalize_import.refresh.refresh_settings import RefreshSettings
from personalize_import.refresh.refreshed_import import RefreshedImport
from personalize_import.resource_properties import resource_properties
from personalize_import.synthesis import validation
from personalize_import.synthesis.at_synthesis import attach_tasks_to
from personalize_import.synthesis.environment_checks import (
    check_bucket_environment,
    warn_of_environment,
)
from personalize_import.synthesis.exported_attributes import warn_of_exported_attributes
from personalize_import.synthesis.property_injection import property_injectable
from personalize_import.synthesis.regions import warn_of_region
from personalize_import.synthesis.stack_environment import note_stack_of
from personalize_import.synthesis.validation import check_text
from personalize_import.wait_chain import add_property, create_wait_chain, get_att_string
from personalize_import_handler import contract
from personalize_import_handler.contract import Attribute, ImportMode, constraints

_DEFAULT_TIMEOUT: Final = cdk.Duration.seconds(contract.TIMEOUT_SECONDS_DEFAULT)


@jsii.implements(iam.IGrantable, cdk.ITaggableV2)
@property_injectable
class DatasetImportJob(RefreshedImport, MonitoredImport):
    """Import data from S3 into a dataset of Amazon Personalize when the stack is deployed, and wait for the job.

    The deploy continues when the job is `ACTIVE`, and fails with the failure reason of Personalize when the job is
    `CREATE FAILED`. Make resources that need the data, such as a solution, depend on the job:
    `solution.node.add_dependency(job)`. A new job starts when the dataset, its schema, the location, the mode, the role
    or the attribution flag changes. The argument `reimport` adds other reasons.

    https://docs.aws.amazon.com/personalize/latest/dg/API_CreateDatasetImportJob.html
    """

    PROPERTY_INJECTION_ID: Final = "cdk-personalize-import.DatasetImportJob"
    """The id of this class for `PropertyInjectors`."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        dataset: IDatasetRef | str,
        data_source: DataSource,
        import_mode: ImportMode | Literal["FULL", "INCREMENTAL"] | None = None,
        after: "DatasetImportJob | None" = None,
        job_name_prefix: str | None = None,
        role: IRoleRef | None = None,
        tags: Mapping[str, str] | None = None,
        publish_attribution_metrics_to_s3: bool | None = None,
        reimport: Reimport | None = None,
        preflight: bool | None = None,
        timeout: cdk.Duration | None = None,
        wait: bool | None = None,
        provider: IDatasetImportProvider | None = None,
    ) -> None:
        """Import data from S3 into a dataset.

        Args:
            scope: The construct that contains this one.
            id: The id within `scope`. It is part of the job's name: the same import under another id runs again.
            dataset: A `CfnDataset`, or the ARN of a dataset that was created elsewhere. With a `CfnDataset`, a dataset
                that is replaced for a new schema is imported again.
            data_source: The location of the data; see `DataSource`.
            import_mode: `FULL` replaces all bulk data of the dataset, `INCREMENTAL` adds to it. The first import into a
                dataset must be `FULL`. Default: `FULL`.
            after: The import that this `INCREMENTAL` import adds to, of the same dataset and stack. This import runs
                after it, and again whenever it runs again: a `FULL` import removes rows that were added before.
                Default: none.
            job_name_prefix: The beginning of the job's name; a suffix keeps the name unique. At most 46 letters,
                digits, hyphens and underscores. A new prefix alone doesn't start a new job. Default: the stack's name
                and the logical id.
            role: The role that Personalize assumes to read the data; it must trust `personalize.amazonaws.com`.
                Missing permissions are added, also to a role that was imported by its ARN. For a role that can't be
                changed (`mutable=False`), a warning contains the statements. Default: a new role that may only read
                the location.
            tags: Tags of the job, at most 46 together with the tags of `Tags.of(...)`, which take precedence.
            publish_attribution_metrics_to_s3: Publish a metric attribution report. The dataset group must have a metric
                attribution. Default: False.
            reimport: When to import again although the properties above have not changed:
                `Reimport.when_value_changes("2026-11")` or `Reimport.when_data_changes()`. Default:
                `Reimport.when_properties_change()`.
            preflight: Check the data before the job starts, with the permissions of the import role: all of it up to
                4 MiB; beyond that, the beginning of each file. Data that violates a rule of docs/checks.md fails the
                deploy in seconds. Default: False.
            timeout: How long the deploy waits before it fails, from 1 minute to 36 hours. The job can't be stopped;
                another deploy adopts it. One resource can wait for 55 minutes, so a longer timeout adds a resource to
                the stack for each 55 minutes. A token is at most 55 minutes. Default: 55 minutes.
            wait: Wait for the job. With False, the deploy continues when the job has started, and doesn't fail when the
                job fails. Default: True.
            provider: The provider that handles the resource. It can be in another stack, or imported with
                `DatasetImportProvider.from_provider_attributes(...)`. Default: the provider of the stack, which is
                created on first use.

        Raises:
            ValidationError: A `ValueError` that names each invalid argument, its value and what is allowed.
        """
        super().__init__(scope, id)
        note_stack_of(self, scope)
        arguments = JobArguments(
            dataset=dataset,
            reference=DatasetReference.of(dataset, self),
            data_source=data_source,
            import_mode=import_mode,
            after=after,
            job_name_prefix=job_name_prefix,
            role=role_of(self, role),
            tags=tags,
            publish_attribution_metrics_to_s3=publish_attribution_metrics_to_s3,
            reimport=reimport,
            preflight=preflight,
            timeout=timeout,
            wait=wait,
            provider=provider,
        )
        check_arguments(self, arguments)
        self._provider = provider or default_provider_of(self)
        self._dataset_arn = arguments.reference.arn
        data = self._bind(arguments)
        self._role, self._access = self._grant_access(data, arguments)
        properties = resource_properties(self, arguments, data, self._role.role_arn)
        timeout = timeout or _DEFAULT_TIMEOUT
        self._chain = create_wait_chain(self, self._provider.service_token, properties, timeout)
        self._tag_manager: cdk.TagManager | None = None
        for key, value in (tags or {}).items():
            self.cdk_tag_manager.set_tag(key, value)
        self._refresh_settings = RefreshSettings(
            job=self,
            chain=self._chain,
            base_properties=properties,
            timeout=timeout,
            data=data,
            provider=self._provider,
            role=self._role,
            is_role_created=role is None,
        )
        attach_tasks_to(self, self._chain[0])
        warn_of_exported_attributes(self, self._chain)
        order_imports(self, arguments.reference, import_mode, self._chain, after, job_name_prefix)
        self._add_dependencies(data, arguments.role)

    def _bind(self, arguments: JobArguments) -> DataSourceConfig:
        """Return the location of the data, after checks of its bucket and key."""
        context = DataSourceContext(self._provider, arguments.reference.resource, arguments.import_mode)
        data = arguments.data_source.bind(self, context)
        validation.require(
            self,
            check_text("data_source", data.data_location, constraints.DATA_LOCATION),
            check_bucket_environment(self, data.bucket),
        )
        warn_of_missing_slash(self, data.data_location)
        warn_of_environment(self, data.bucket, data.encryption_key)
        warn_of_region(self)
        return data

    def _grant_access(self, data: DataSourceConfig, arguments: JobArguments) -> tuple[iam.IRole, ReadAccess]:
        """Return the role of the job, with the permissions that it needs."""
        role, path = import_role_for(self, arguments.role, data, self._provider)
        is_created = arguments.role is None
        access = grant_read(data, Reader(self, role, path), is_created=is_created)
        if arguments.preflight or arguments.compares_data:
            reads_schema = bool(arguments.preflight)
            grant_preflight(self, role, self._provider, is_created=is_created, reads_schema=reads_schema)
        return role, access

    def _add_dependencies(self, data: DataSourceConfig, existing_role: iam.IRole | None) -> None:
        """Create everything that the import needs before its first resource, and delete it after that."""
        first, support = self._chain[0], support_of(self._provider)
        first.node.add_dependency(self._role, *self._access.granted)
        if existing_role and support.roles_policy:
            first.node.add_dependency(support.roles_policy)
        if data.files:
            first.node.add_dependency(support.staging_bucket_for(self))

    @staticmethod
    def from_dataset_import_job_arn(scope: Construct, id: str, dataset_import_job_arn: str) -> IDatasetImportJob:
        """Import a job by its ARN.

        Args:
            scope: The construct that contains this one.
            id: The id within `scope`.
            dataset_import_job_arn: The ARN of the job, or a token.

        Raises:
            ValidationError: The value is not the ARN of a dataset import job.
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
        """The role that Personalize assumes to read the data."""
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
        """The ARN of the target dataset."""
        return self._dataset_arn

    @property
    def provider(self) -> IDatasetImportProvider:
        """The provider that handles the resource."""
        return self._provider

    @property
    def required_bucket_policy_statements(self) -> list[iam.PolicyStatement]:
        """The statements that the bucket policy must contain; empty if this app owns the bucket."""
        return [iam.PolicyStatement.from_json(each) for each in self._access.required_bucket_policy_statements]

    @property
    def required_key_policy_statements(self) -> list[iam.PolicyStatement]:
        """The statements that the key policy must contain; empty if this app owns the key, or there is none."""
        return [iam.PolicyStatement.from_json(each) for each in self._access.required_key_policy_statements]

    @property
    def required_role_statements(self) -> list[iam.PolicyStatement]:
        """The statements that the policy of `role` must contain; empty if this app can add them."""
        return [iam.PolicyStatement.from_json(each) for each in self._access.required_role_statements]

    @property
    @jsii.member(jsii_name="grantPrincipal")
    def grant_principal(self) -> iam.IPrincipal:
        """The principal of permissions that are granted to this job: the import role."""
        return self._role.grant_principal

    @property
    @jsii.member(jsii_name="cdkTagManager")
    def cdk_tag_manager(self) -> cdk.TagManager:
        """The job's tags, for `Tags.of(...)`. Created on first use, because most jobs have no tags."""
        if self._tag_manager is None:
            self._tag_manager = cdk.TagManager(cdk.TagType.KEY_VALUE, contract.RESOURCE_TYPE)
            for resource in self._chain:
                add_property(resource, "Tags", self._tag_manager.rendered_tags)
            validation.check_all_tags(self, self._tag_manager)
        return self._tag_manager

    @property
    def _resources(self) -> Sequence[cdk.CfnResource]:
        return self._chain
