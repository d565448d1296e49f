"""The parts of an import job that a refresh needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from personalize_import.access.preflight_access import grant_preflight
from personalize_import.data.data_source_config import DataSourceConfig
from personalize_import.provider.interface import IDatasetImportProvider
from personalize_import.wait_chain import add_property, added_properties
from personalize_import_handler.contract import ImportMode, ReimportMode, ResourceProperties
from personalize_import_handler.contract.refresh_event import UNUSED_PROPERTIES


@dataclass(frozen=True)
class RefreshSettings:
    """The parts of an import job that a refresh needs."""

    job: Construct
    chain: Sequence[cdk.CfnResource]
    """The resources of the job's wait chain."""
    base_properties: ResourceProperties
    """The properties with which each resource of the wait chain was created."""
    timeout: cdk.Duration
    data: DataSourceConfig
    provider: IDatasetImportProvider
    role: iam.IRole
    """The import role."""
    is_role_created: bool
    """True if the construct created the import role for this job."""

    @property
    def import_mode(self) -> str:
        """`FULL`, `INCREMENTAL` or a token."""
        return self.base_properties["ImportMode"] or ImportMode.FULL.value

    @property
    def compares_files(self) -> bool:
        """True if each deploy compares the files, too."""
        return self.base_properties.get("Reimport") == ReimportMode.WHEN_DATA_CHANGES

    def properties(self) -> ResourceProperties:
        """Return the properties for a refresh. They may change until synthesis."""
        all_properties = {**self.base_properties, **added_properties(self.chain[0])}
        used = {name: value for name, value in all_properties.items() if name not in UNUSED_PROPERTIES}
        return cast("ResourceProperties", {name: value for name, value in used.items() if value is not None})

    def allow_comparison(self) -> None:
        """Allow the provider to list the files, and tag the jobs of a FULL import with the files' fingerprint."""
        # The same statement of several triggers, or of preflight, is one in the template.
        grant_preflight(self.job, self.role, self.provider, is_created=self.is_role_created, reads_schema=False)
        if self.import_mode != ImportMode.INCREMENTAL:
            for resource in self.chain:
                add_property(resource, "TagFingerprint", value=True)


class Refreshable(Protocol):
    """An import that can be refreshed: a `DatasetImportJob`."""

    @property
    def _refresh_settings(self) -> RefreshSettings: ...


def settings_of(job: Refreshable) -> RefreshSettings:
    """Return the settings of a job."""
    return job._refresh_settings  # noqa: SLF001 - for this library only, not for its users
