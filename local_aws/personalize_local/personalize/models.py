"""What the service keeps: schemas, dataset groups, datasets and solutions. For jobs see `importing.import_job`."""

from collections.abc import Mapping
from dataclasses import dataclass

from personalize_local.personalize.avro_schema import AvroSchema
from personalize_local.personalize.importing.records import Records
from personalize_local.personalize.resource_status import DELETE_IN_PROGRESS, DELETE_PENDING, Lifecycle


@dataclass(frozen=True)
class Schema:
    """A schema: it has no status, and never changes."""

    name: str
    arn: str
    text: str
    avro: AvroSchema
    domain: str | None
    created_at: float


@dataclass(frozen=True)
class DatasetGroup:
    """A dataset group."""

    name: str
    arn: str
    life: Lifecycle
    domain: str | None = None
    role_arn: str | None = None
    kms_key_arn: str | None = None

    def status(self, now: float) -> str:
        """Return the status; a dataset group's deletion knows no DELETE IN_PROGRESS."""
        status = self.life.status(now)
        return DELETE_PENDING if status == DELETE_IN_PROGRESS else status


@dataclass(frozen=True)
class Dataset:
    """A dataset and its bulk data, which goes when the dataset goes."""

    name: str
    arn: str
    dataset_group_arn: str
    dataset_type: str
    schema_arn: str
    life: Lifecycle
    records: Records
    has_bulk_data: bool = False

    def status(self, now: float) -> str:
        """Return the status."""
        return self.life.status(now)


@dataclass(frozen=True)
class Solution:
    """A solution: what to train, as it was asked for. Nothing is trained here."""

    name: str
    arn: str
    dataset_group_arn: str
    life: Lifecycle
    configuration: Mapping[str, object]

    def status(self, now: float) -> str:
        """Return the status."""
        return self.life.status(now)
