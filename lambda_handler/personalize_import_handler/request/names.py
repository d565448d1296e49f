"""Ids of resources and names of jobs.

A resource's physical id is made when it is created, and returned ever after, whatever is imported. Then a rollback is
an Update with the old properties, as documented, and no import counts as a replacement:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref-responses.html

A job's name is a hash of what is imported, and the number of the attempt. There is no client token for import jobs, no
way to delete or stop one, and a name is used up once and for all.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from personalize_import_handler import contract
from personalize_import_handler.contract.import_properties import ImportProperties
from personalize_import_handler.contract.locations import parse_arn

_HASH_LENGTH = 12
_REGION = r"[a-z]+(-[a-z]+)+-[0-9]+"
_OWN_ROLE = re.compile(
    rf"(?P<account>arn:[^/]*:role)(/.*)?{contract.IMPORT_ROLE_PATH}"
    rf"({_REGION}/(?P<scope>[^/]+(/[^/]+)?)|(?P<stack>[^/]+))/[^/]+"
)
_PHYSICAL_ID: Final = re.compile(r"(?P<stack_name>[a-zA-Z][a-zA-Z0-9\-]{0,127})/(?P<logical_id>[a-zA-Z0-9]+)")
_STACK_FOLDER: Final = re.compile(rf"^(s3://[^/]+/)[0-9a-f\-]{{{contract.STACK_FOLDER_LENGTH}}}/")
_JOB_ARN: Final = re.compile(
    rf"(?P<prefix>arn:.*-)(?P<digest>[0-9a-f]{{{_HASH_LENGTH}}})-(?P<attempt>[1-9][0-9]{{0,2}})"
)


class Resource(NamedTuple):
    """The custom resource of a request."""

    stack_id: str
    logical_id: str
    physical_id: str = ""
    stack_scope: str | None = None
    """The name of a nested stack that stays the same, if it is known to be true; see `ownership`."""

    @property
    def stack_name(self) -> str:
        """The stack's name. Unlike its id, it stays the same when a failed first deployment is repeated."""
        return self.stack_id.split("/")[1]

    @property
    def scope(self) -> str:
        """The name of the stack, which stays the same when the stack is created again."""
        return self.stack_scope or self.stack_name

    @property
    def stack_folder(self) -> str:
        """The name of the stack's folder in a data bucket, which no other stack has, not even one of the same name."""
        return self.stack_id.rpartition("/")[2]

    @property
    def created_in(self) -> str:
        """The name of the stack in which the resource was created: it may have been moved since.

        Only the handler makes ids of this form, from the id of the stack in the request.
        https://docs.aws.amazon.com/cdk/v2/guide/refactor.html
        """
        created = _PHYSICAL_ID.fullmatch(self.physical_id)
        return created["stack_name"] if created else self.stack_name

    @property
    def job_arn_prefix(self) -> str:
        """The beginning of the ARNs of jobs in the stack's own account and Region."""
        stack = parse_arn(self.stack_id)
        return f"arn:{stack.partition}:personalize:{stack.region}:{stack.account}:dataset-import-job/"


def resource_of(event: Mapping[str, Any]) -> Resource:
    """Return the resource of a request. One that is created gets its id: the names of its stack and of itself."""
    resource = Resource(event["StackId"], event["LogicalResourceId"], event.get("PhysicalResourceId", ""))
    if event["RequestType"] == "Create":
        return resource._replace(physical_id=f"{resource.stack_name}/{resource.logical_id}")
    return resource


class JobNames(NamedTuple):
    """The names of the jobs of one import, by the number of the attempt."""

    arn_prefix: str
    name_prefix: str
    digest: str
    resource_tag: str
    """The value of the tag that says which resource the jobs are of."""

    def name(self, attempt: int) -> str:
        """Return the name of the job of one attempt, from 1 on."""
        return f"{self.name_prefix}{self.digest}-{attempt}"

    def arn(self, attempt: int) -> str:
        """Return the ARN of the job of one attempt."""
        return f"{self.arn_prefix}{self.name(attempt)}"

    def attempt(self, dataset_import_job_arn: str) -> int | None:
        """Return which attempt at this import a job is, or None; `JobName` may have changed since it was started."""
        job = _JOB_ARN.fullmatch(dataset_import_job_arn)
        is_one = job and job["digest"] == self.digest and dataset_import_job_arn.startswith(self.arn_prefix)
        return int(job["attempt"]) if job and is_one else None

    def includes(self, dataset_import_job_arn: str) -> bool:
        """Return whether a job is one of this import."""
        return self.attempt(dataset_import_job_arn) is not None

    def shares_prefix(self, dataset_import_job_arn: str) -> bool:
        """Return whether a job's name begins as those of the resource do, whatever it imports.

        That proves nothing: two resources may have the same `JobName`.
        """
        job = _JOB_ARN.fullmatch(dataset_import_job_arn)
        return bool(job and job["prefix"] == f"{self.arn_prefix}{self.name_prefix}")


def names_of(properties: ImportProperties, resource: Resource) -> JobNames:
    """Return the names of the jobs of an import: those of the resource that has begun it."""
    scope, logical_id = _origin_of(first_of(properties, resource))
    role_arn = _in_stack(scope, properties.role_arn, resource.stack_name, resource.stack_scope)
    imported = import_identity(properties._replace(role_arn=role_arn))
    digest = hashlib.sha256(json.dumps([scope, logical_id, *imported]).encode()).hexdigest()[:_HASH_LENGTH]
    name_prefix = f"{properties.job_name or _default_prefix(scope, logical_id)}-"
    return JobNames(resource.job_arn_prefix, name_prefix, digest, _resource_tag(scope, logical_id))


def names_from_job_arn(dataset_import_job_arn: str, resource_tag: str = "") -> JobNames:
    """Return the names of the jobs of an import from the ARN and the tag of one of them."""
    prefix, _, name = dataset_import_job_arn.partition("/")
    name_prefix, digest, _ = name.rsplit("-", 2)
    return JobNames(f"{prefix}/", f"{name_prefix}-", digest, resource_tag)


def first_of(properties: ImportProperties, resource: Resource) -> Resource:
    """Return the resource that has begun an import: the one of the request, unless that continues waiting."""
    if properties.first_resource is None:
        return resource
    logical_id, physical_id = properties.first_resource
    return resource._replace(logical_id=logical_id, physical_id=physical_id)


def is_tag_of_scope(resource_tag: str, resource: Resource) -> bool:
    """Return whether the tag of a job names a resource of the stack, as it is called now or was before."""
    return any(resource_tag.startswith(_resource_tag(scope, "")) for scope in (resource.scope, resource.created_in))


def prefixes_of_followers(properties: ImportProperties, resource: Resource) -> dict[str, str]:
    """Return what the ARNs of the jobs of each resource that comes after this one begin with, by its logical id."""
    scope, _ = _origin_of(resource)
    return {
        logical_id: f"{resource.job_arn_prefix}{job_name or _default_prefix(scope, logical_id)}-"
        for logical_id, job_name in properties.followed_by
    }


def default_prefixes_of_followers(properties: ImportProperties, resource: Resource) -> dict[str, str]:
    """Return the prefixes of followers without a `JobName`, by the tag that names the follower."""
    scope, _ = _origin_of(resource)
    return {
        _resource_tag(scope, logical_id): f"{resource.job_arn_prefix}{_default_prefix(scope, logical_id)}-"
        for logical_id, job_name in properties.followed_by
        if job_name is None
    }


def digest_after(prefix: str, dataset_import_job_arn: str) -> str | None:
    """Return the digest of a job whose ARN is a prefix, a digest and the number of an attempt; None for any other."""
    job = _JOB_ARN.fullmatch(dataset_import_job_arn)
    return job["digest"] if job and job["prefix"] == prefix else None


def attempt_of(dataset_import_job_arn: str) -> int:
    """Return the number of the attempt from an ARN that `JobNames` has made."""
    return int(dataset_import_job_arn.rpartition("-")[2])


def _origin_of(resource: Resource) -> tuple[str, str]:
    """Return the names of stack and resource under which the resource was created.

    The ids of earlier versions are ARNs of jobs; these versions had no `StackScope`. Ids of another form are made up by
    CloudFormation, for resources whose creation it cancelled.
    """
    if _JOB_ARN.fullmatch(resource.physical_id):
        return resource.stack_name, resource.logical_id
    created = _PHYSICAL_ID.fullmatch(resource.physical_id)
    if created and created["stack_name"] != resource.stack_name:
        return created["stack_name"], created["logical_id"]
    return resource.scope, created["logical_id"] if created else resource.logical_id


def _resource_tag(scope: str, logical_id: str) -> str:
    name, length_max = f"{scope}/{logical_id}", contract.TAG_VALUE_LENGTH_MAX - len(contract.RELEASED)
    if len(name) <= length_max:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_HASH_LENGTH]
    return f"{name[: length_max - 1 - len(digest)]}-{digest}"


def import_identity(properties: ImportProperties) -> tuple[object, ...]:
    """Pick the properties that decide which data is imported and how: if one changes, it is another import.

    The schema is among them although no request carries it: a dataset that is replaced for a new schema keeps its ARN,
    and would stay empty. The job's name is not: a new prefix alone gives no new data.
    """
    return (
        properties.dataset_arn,
        properties.schema_arn,
        _without_stack_folder(properties.data_location) if properties.data_files else properties.data_location,
        canonical_role(properties.role_arn),
        properties.import_mode,
        properties.publish_attribution_metrics_to_s3,
        properties.reimport_token,
        # Only where it is known, so that all other jobs keep the names that they have had.
        *([properties.data_fingerprint] if properties.data_fingerprint else []),
    )


def is_same_location(one: str, properties: ImportProperties) -> bool:
    """Return whether a location has the data of `properties`.

    Files of the app are told apart by the hash in their location alone: the folder of the stack is another one when the
    stack is created again.
    """
    if not properties.data_files:
        return one == properties.data_location
    return _without_stack_folder(one) == _without_stack_folder(properties.data_location)


def _without_stack_folder(location: str) -> str:
    """Return a location in a data bucket without the folder of a stack, as earlier versions had it."""
    return _STACK_FOLDER.sub(r"\1", location)


def canonical_role(role_arn: str) -> str:
    """Tell roles apart as the user does: one of the construct's own is the same one whatever its name.

    CloudFormation gives it another name in each stack, so a first deploy that is tried again has a new one; but what it
    may read is the location, and that is compared anyway. Nor does it matter below which path a shared provider has it.
    The Region is left out: earlier versions had none in the path, and the names of their jobs must stay the same.
    """
    own = _OWN_ROLE.fullmatch(role_arn)
    return f"{own['account']}{contract.IMPORT_ROLE_PATH}{own['scope'] or own['stack']}" if own else role_arn


def is_equivalent_role(one: str, other: str) -> bool:
    """Return whether two roles may read the same: all roles that the construct created may read just the location.

    The stack in their paths is another one where an earlier version created a nested stack, or a resource was moved.
    """
    first, second = _OWN_ROLE.fullmatch(one), _OWN_ROLE.fullmatch(other)
    return first["account"] == second["account"] if first and second else one == other


def stack_of_role(role_arn: str) -> str | None:
    """Return the name of the stack, or of the root stack, that an import role of the construct belongs to.

    None for any other role: that one may be shared.
    """
    own = _OWN_ROLE.fullmatch(role_arn)
    return (own["scope"] or own["stack"]).partition("/")[0] if own else None


def _in_stack(scope: str, role_arn: str, *present: str | None) -> str:
    """Return the ARN that a role of the stack would have in the stack where the resource was created."""
    own = _OWN_ROLE.fullmatch(role_arn)
    part = "scope" if own and own["scope"] else "stack"
    if own and own[part] in present:
        return f"{role_arn[: own.start(part)]}{scope}{role_arn[own.end(part) :]}"
    return role_arn


def _default_prefix(scope: str, logical_id: str) -> str:
    """Return a prefix made from the names of stack and resource, as CloudFormation does for generated names."""
    name = re.sub(r"[^a-zA-Z0-9\-_]", "-", f"{scope}-{logical_id}")
    return name[: contract.JOB_NAME_LENGTH_MAX].rstrip("-")
