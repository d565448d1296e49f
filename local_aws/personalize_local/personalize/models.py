"""The resources that the service stores; for import jobs see `importing.import_job`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from personalize_import_handler.data_checks.schema import Schema
from personalize_local.personalize.importing.records import Records
from personalize_local.personalize.resource_status import ACTIVE, DELETE_IN_PROGRESS, DELETE_PENDING, Lifecycle


@dataclass(frozen=True)
class StoredSchema:
    """A schema: it has no status and never changes."""

    name: str
    arn: str
    text: str
    avro: Schema
    domain: str | None
    created_at: float


@dataclass(frozen=True, kw_only=True)
class ResourceWithStatus:
    """A resource that becomes ACTIVE some time after its creation."""

    name: str
    arn: str
    life: Lifecycle

    @property
    def created_at(self) -> float:
        """The creation time."""
        return self.life.created_at

    def status(self, now: float) -> str:
        """Return the status at `now`."""
        return self.life.status(now)


@dataclass(frozen=True, kw_only=True)
class DatasetGroup(ResourceWithStatus):
    """A dataset group."""

    domain: str | None = None
    role_arn: str | None = None
    kms_key_arn: str | None = None

    def status(self, now: float) -> str:
        """Return the status at `now`; a dataset group never has DELETE IN_PROGRESS."""
        status = self.life.status(now)
        return DELETE_PENDING if status == DELETE_IN_PROGRESS else status


@dataclass(frozen=True, kw_only=True)
class Dataset(ResourceWithStatus):
    """A dataset and its records."""

    dataset_group_arn: str
    dataset_type: str
    schema_arn: str
    records: Records
    """Bulk data."""
    recorded: Records
    """Records that were added individually, which a FULL import keeps."""
    events_without_user: dict[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    """Rows of events by session, until the session has a user."""
    tracking_id: str | None = None
    """The id for events of an Action interactions dataset."""
    has_bulk_data: bool = False
    update: Lifecycle | None = None
    """The statuses of the latest UpdateDataset."""

    @property
    def all_records(self) -> Records:
        """Bulk data and records that were added individually."""
        return self.records.merged_with(self.recorded)


@dataclass(frozen=True, kw_only=True)
class GenericUpdate:
    """The latest update of a generic resource; its members apply when its status is ACTIVE."""

    members: Mapping[str, object]
    life: Lifecycle


@dataclass(frozen=True, kw_only=True)
class GenericResource(ResourceWithStatus):
    """A resource that is stored as requested and does nothing; `generic_kinds` has the table of its kinds."""

    kind: str
    """The resource's name in operations: `EventTracker` in CreateEventTracker."""
    members: Mapping[str, Any]
    """The members of the API: those of the request, defaults, and derived ones."""
    update: GenericUpdate | None = None

    def current_members(self, now: float) -> Mapping[str, Any]:
        """Return the members at `now`."""
        is_updated = self.update is not None and self.update.life.status(now) == ACTIVE
        return {**self.members, **self.update.members} if self.update and is_updated else self.members
