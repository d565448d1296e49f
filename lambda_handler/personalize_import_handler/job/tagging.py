"""The tags of a job that is there already."""

from collections.abc import Mapping
from typing import Final

from personalize_import_handler.aws.personalize import Personalize
from personalize_import_handler.contract import RELEASED, RESOURCE_TAG, TAG_KEY_PREFIX

# What data a job has imported stays true, whether or not it decides on the next one any more.
_KEPT: Final = ("aws:", TAG_KEY_PREFIX)


class ForeignJobError(Exception):
    """The job has the tag of another resource."""


def set_tags(personalize: Personalize, dataset_import_job_arn: str, requested: Mapping[str, str]) -> None:
    """Set the tags of a job, and remove all others; raise `RefusedError` or `ForeignJobError`.

    The hash in a job's name is short enough for another stack to search for properties that give the same one.
    """
    present = personalize.list_tags(dataset_import_job_arn)
    own = requested[RESOURCE_TAG]
    if present.get(RESOURCE_TAG, own) not in {own, f"{own}{RELEASED}"}:
        raise ForeignJobError(dataset_import_job_arn)
    if extra := [key for key in present if key not in requested and not key.startswith(_KEPT)]:
        personalize.untag_resource(dataset_import_job_arn, extra)
    if missing := {key: value for key, value in requested.items() if present.get(key) != value}:
        personalize.tag_resource(dataset_import_job_arn, missing)
