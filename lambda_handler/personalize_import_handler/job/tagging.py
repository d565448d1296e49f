"""Tags of an existing job."""

from collections.abc import Mapping
from typing import Final

from personalize_import_handler.aws.personalize import Personalize
from personalize_import_handler.contract import RELEASED, RESOURCE_TAG, TAG_KEY_PREFIX

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
