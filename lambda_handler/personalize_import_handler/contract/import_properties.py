"""The parsed properties of the custom resource."""

from typing import NamedTuple

from personalize_import_handler import contract
from personalize_import_handler.contract import DATA_FINGERPRINT_TAG, RESOURCE_TAG, ImportMode, ReimportMode


class ImportProperties(NamedTuple):
    """The parsed properties: data, location, role and timeout. Defaults are the defaults of the resource."""

    dataset_arn: str
    data_location: str
    role_arn: str
    data_files: tuple[tuple[str, str], ...] = ()
    """Files that are copied to the location first: their names and the objects to copy."""
    schema_arn: str | None = None
    after: str | None = None
    followed_by: tuple[tuple[str, str | None], ...] = ()
    """The logical ids of the followers, and their job names if they have one."""
    stack_scope: str | None = None
    job_name: str | None = None
    import_mode: ImportMode = ImportMode.FULL
    publish_attribution_metrics_to_s3: bool = False
    reimport_token: str | None = None
    reimport: ReimportMode = ReimportMode.WHEN_PROPERTIES_CHANGE
    data_fingerprint: str | None = None
    """The data fingerprint, if the import depends on the data. Not a property: the handler computes it."""
    preflight: bool = False
    tag_fingerprint: bool = False
    files_fingerprint: str | None = None
    """The fingerprint for the job's tag, which doesn't identify the import. Not a property: the handler computes it."""
    publish_state_changes: bool = False
    tags: tuple[tuple[str, str], ...] = ()
    timeout_seconds: int = contract.TIMEOUT_SECONDS_DEFAULT
    wait: bool = True
    completes_at_timeout: bool = False
    dataset_import_job_arn: str | None = None
    first_resource: tuple[str, str] | None = None
    """The logical and the physical id of the resource that started the import; None if this one does."""
    waited_seconds: int = 0
    last_status: str | None = None

    def job_tags(self, resource_tag: str) -> dict[str, str]:
        """Return the tags of a job: those in the properties, the resource tag, and the data fingerprint if known."""
        fingerprint = self.data_fingerprint or self.files_fingerprint
        tag = {DATA_FINGERPRINT_TAG: fingerprint} if fingerprint else {}
        return {**dict(self.tags), RESOURCE_TAG: resource_tag, **tag}
