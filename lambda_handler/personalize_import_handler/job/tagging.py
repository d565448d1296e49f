"""Tags of an existing job: those that a resource requests, and those that identify its owner."""

from collections.abc import Mapping
from typing import Final

from personalize_import_handler.aws.personalize import Personalize
from personalize_import_handler.contract import REFRESH_TAG, RELEASED, RESOURCE_TAG, TAG_KEY_PREFIX
from personalize_import_handler.request.job_names import JobNames

# The fingerprint of the data that a job has imported stays valid, even if later imports don't depend on it.
_KEPT: Final = ("aws:", TAG_KEY_PREFIX)


class ForeignJobError(Exception):
    """The job has the tag of another resource."""


def set_tags(personalize: Personalize, dataset_import_job_arn: str, requested: Mapping[str, str]) -> None:
    """Set the tags of a job and remove all others; raise `RefusedError` or `ForeignJobError`.

    The owner is checked because the hash in a job name is short: another stack could search for properties with the
    same hash.
    """
    present = personalize.list_tags(dataset_import_job_arn)
    own = requested[RESOURCE_TAG]
    if present.get(RESOURCE_TAG, own) not in {own, f"{own}{RELEASED}"}:
        raise ForeignJobError(dataset_import_job_arn)
    if extra := [key for key in present if key not in requested and not key.startswith(_KEPT)]:
        personalize.untag_resource(dataset_import_job_arn, extra)
    if missing := {key: value for key, value in requested.items() if present.get(key) != value}:
        personalize.tag_resource(dataset_import_job_arn, missing)


def is_of_resource(names: JobNames, dataset_import_job_arn: str, personalize: Personalize, *, is_create: bool) -> bool:
    """Return whether a job has the tag of the resource and has not been released.

    A job without the tag was started by an earlier version, so it can't belong to a resource that is being created.
    """
    untagged = "" if is_create else names.resource_tag
    return personalize.list_tags(dataset_import_job_arn).get(RESOURCE_TAG, untagged) == names.resource_tag


def is_of_refresh(dataset_import_job_arn: str, personalize: Personalize) -> bool:
    """Return whether a refresh has started a job; raise `BusyError` or `RefusedError`."""
    return REFRESH_TAG in personalize.list_tags(dataset_import_job_arn)
