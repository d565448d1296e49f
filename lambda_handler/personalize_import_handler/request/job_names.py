"""Names of dataset import jobs: a prefix, a hash of the import's identity, and the number of the attempt.

CreateDatasetImportJob has no client token, jobs can't be deleted or stopped, and a name can't be used twice.
"""

import hashlib
import json
import re
import string
from collections.abc import Iterable
from typing import Final, NamedTuple

from personalize_import_handler import contract
from personalize_import_handler.contract.import_properties import ImportProperties
from personalize_import_handler.request.import_identity import import_identity, role_in_stack
from personalize_import_handler.request.resource import HASH_LENGTH, JOB_ARN, Resource, first_of, origin_of

FILE_MARK: Final = "u"
"""The first character of the digest in the job name of a single file."""
_DECIMAL_ATTEMPTS: Final = 999
_BASE: Final = 36
_FIRST_IN_BASE: Final = int("a00", _BASE)


class JobNames(NamedTuple):
    """The names of all jobs of one import, by attempt number."""

    arn_prefix: str
    name_prefix: str
    digest: str
    resource_tag: str
    """The value of the tag that names the resource."""

    def name(self, attempt: int) -> str:
        """Return the job name of an attempt; the first attempt is 1."""
        return f"{self.name_prefix}{self.digest}-{attempt_text(attempt)}"

    def arn(self, attempt: int) -> str:
        """Return the job ARN of an attempt."""
        return f"{self.arn_prefix}{self.name(attempt)}"

    def attempt(self, dataset_import_job_arn: str) -> int | None:
        """Return a job's attempt number if it belongs to this import, even under an earlier `JobName`; else None."""
        job = JOB_ARN.fullmatch(dataset_import_job_arn)
        is_one = job and job["digest"] == self.digest and dataset_import_job_arn.startswith(self.arn_prefix)
        return attempt_number(job["attempt"]) if job and is_one else None

    def includes(self, dataset_import_job_arn: str) -> bool:
        """Return whether a job belongs to this import."""
        return self.attempt(dataset_import_job_arn) is not None

    def shares_prefix(self, dataset_import_job_arn: str) -> bool:
        """Return whether a job has the same name prefix as the resource's jobs, for any import.

        This is no proof of ownership, because two resources may have the same `JobName`.
        """
        job = JOB_ARN.fullmatch(dataset_import_job_arn)
        return bool(job and job["prefix"] == f"{self.arn_prefix}{self.name_prefix}")

    def may_belong_to_resource(self, dataset_import_job_arn: str) -> bool:
        """Return whether a job belongs to this import, or has the name prefix of the resource's other imports."""
        return self.includes(dataset_import_job_arn) or self.shares_prefix(dataset_import_job_arn)

    def next_number(self, dataset_import_job_arns: Iterable[str]) -> int:
        """Return the number of the next attempt, given the ARNs of all jobs of the dataset."""
        return 1 + max((self.attempt(arn) or 0 for arn in dataset_import_job_arns), default=0)


def names_of(properties: ImportProperties, resource: Resource) -> JobNames:
    """Return the job names of an import, based on the resource that started it."""
    scope, logical_id = origin_of(first_of(properties, resource))
    role_arn = role_in_stack(scope, properties.role_arn, resource.stack_name, resource.stack_scope)
    imported = import_identity(properties._replace(role_arn=role_arn))
    digest = hashlib.sha256(json.dumps([scope, logical_id, *imported]).encode()).hexdigest()[:HASH_LENGTH]
    name_prefix = f"{properties.job_name or _default_prefix(scope, logical_id)}-"
    return JobNames(resource.job_arn_prefix, name_prefix, digest, _resource_tag(scope, logical_id))


def names_from_job_arn(dataset_import_job_arn: str, resource_tag: str = "") -> JobNames:
    """Return the job names of an import, based on the ARN and tag of one of its jobs."""
    prefix, _, name = dataset_import_job_arn.partition("/")
    name_prefix, digest, _ = name.rsplit("-", 2)
    return JobNames(f"{prefix}/", f"{name_prefix}-", digest, resource_tag)


def is_tag_of_scope(resource_tag: str, resource: Resource) -> bool:
    """Return whether the tag of a job names a resource of the stack, under its current or its original name."""
    return any(resource_tag.startswith(_resource_tag(scope, "")) for scope in (resource.scope, resource.created_in))


def prefixes_of_followers(properties: ImportProperties, resource: Resource) -> dict[str, str]:
    """Return the prefix of each follower's job ARNs, by logical id."""
    scope, _ = origin_of(resource)
    return {
        logical_id: f"{resource.job_arn_prefix}{job_name or _default_prefix(scope, logical_id)}-"
        for logical_id, job_name in properties.followed_by
    }


def default_prefixes_of_followers(properties: ImportProperties, resource: Resource) -> dict[str, str]:
    """Return the job ARN prefixes of followers without a `JobName`, by the tag that names the follower."""
    scope, _ = origin_of(resource)
    return {
        _resource_tag(scope, logical_id): f"{resource.job_arn_prefix}{_default_prefix(scope, logical_id)}-"
        for logical_id, job_name in properties.followed_by
        if job_name is None
    }


def digest_after(prefix: str, dataset_import_job_arn: str) -> str | None:
    """Return the digest of the import in the ARN of a job with the prefix; None for the job of a file and any other."""
    job = JOB_ARN.fullmatch(dataset_import_job_arn)
    is_one = job and job["prefix"] == prefix and not job["digest"].startswith(FILE_MARK)
    return job["digest"] if job and is_one else None


def file_digest_in(dataset_import_job_arn: str) -> str | None:
    """Return the digest of the file in the ARN of a file's own job; None for any other ARN."""
    job = JOB_ARN.fullmatch(dataset_import_job_arn)
    return job["digest"] if job and job["digest"].startswith(FILE_MARK) else None


def attempt_of(dataset_import_job_arn: str) -> int:
    """Return the attempt number in an ARN that `JobNames` created."""
    return attempt_number(dataset_import_job_arn.rpartition("-")[2])


def attempt_text(number: int) -> str:
    """Return the text of an attempt number in a job's name: 1 to 999, then a00 to zzz, so at most three characters."""
    if number <= _DECIMAL_ATTEMPTS:
        return str(number)
    digits, rest = "", number - _DECIMAL_ATTEMPTS - 1 + _FIRST_IN_BASE
    while rest:
        rest, digit = divmod(rest, _BASE)
        digits = f"{(string.digits + string.ascii_lowercase)[digit]}{digits}"
    return digits


def attempt_number(text: str) -> int:
    """Return the attempt number of a text that `attempt_text` returned."""
    return int(text) if text.isdecimal() else int(text, _BASE) - _FIRST_IN_BASE + _DECIMAL_ATTEMPTS + 1


def _resource_tag(scope: str, logical_id: str) -> str:
    name, length_max = f"{scope}/{logical_id}", contract.TAG_VALUE_LENGTH_MAX - len(contract.RELEASED)
    if len(name) <= length_max:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:HASH_LENGTH]
    return f"{name[: length_max - 1 - len(digest)]}-{digest}"


def _default_prefix(scope: str, logical_id: str) -> str:
    """Return a prefix from the names of stack and resource, as CloudFormation does for generated names."""
    name = re.sub(r"[^a-zA-Z0-9\-_]", "-", f"{scope}-{logical_id}")
    return name[: contract.JOB_NAME_LENGTH_MAX].rstrip("-")
