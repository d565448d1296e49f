"""The custom resource of a request.

Its physical id is set on creation and never changes, whichever data is imported. A rollback is therefore an Update with
the old properties, as documented, and no import counts as a replacement:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref-responses.html
"""

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from personalize_import_handler.contract import constraints
from personalize_import_handler.contract.import_properties import ImportProperties
from personalize_import_handler.contract.locations import parse_arn

HASH_LENGTH: Final = 12
_PHYSICAL_ID: Final = re.compile(r"(?P<stack_name>[a-zA-Z][a-zA-Z0-9\-]{0,127})/(?P<logical_id>[a-zA-Z0-9]+)")
JOB_ARN: Final = re.compile(
    rf"(?P<prefix>arn:.*-)(?P<digest>{constraints.JOB_DIGEST_PATTERN})-(?P<attempt>{constraints.ATTEMPT_PATTERN})"
)


class Resource(NamedTuple):
    """The custom resource of a request."""

    stack_id: str
    logical_id: str
    physical_id: str = ""
    stack_scope: str | None = None
    """The verified `StackScope` of a nested stack: a name that stays the same on re-creation; see `ownership`."""

    @property
    def stack_name(self) -> str:
        """The stack's name. Unlike the stack id, it stays the same when a failed first deployment is repeated."""
        return self.stack_id.split("/")[1]

    @property
    def scope(self) -> str:
        """A name for the stack that stays the same when the stack is created again."""
        return self.stack_scope or self.stack_name

    @property
    def stack_folder(self) -> str:
        """The name of the stack's folder in the staging bucket; unique even among stacks of the same name."""
        return self.stack_id.rpartition("/")[2]

    @property
    def created_in(self) -> str:
        """The name of the stack in which the resource was created; the resource may have been moved since.

        Only the handler creates ids of this form, from the stack id in the request.
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
    """Return the resource of a request. In a Create, its id is built from the names of stack and resource."""
    resource = Resource(event["StackId"], event["LogicalResourceId"], event.get("PhysicalResourceId", ""))
    if event["RequestType"] == "Create":
        return resource._replace(physical_id=f"{resource.stack_name}/{resource.logical_id}")
    return resource


def first_of(properties: ImportProperties, resource: Resource) -> Resource:
    """Return the resource that started an import: usually the one of the request, or the first one of a wait chain."""
    if properties.first_resource is None:
        return resource
    logical_id, physical_id = properties.first_resource
    return resource._replace(logical_id=logical_id, physical_id=physical_id)


def origin_of(resource: Resource) -> tuple[str, str]:
    """Return the names of stack and resource under which the resource was created.

    The ids of earlier versions are ARNs of jobs; those versions had no `StackScope`. CloudFormation generates ids of
    other forms for resources whose creation it cancelled.
    """
    if JOB_ARN.fullmatch(resource.physical_id):
        return resource.stack_name, resource.logical_id
    created = _PHYSICAL_ID.fullmatch(resource.physical_id)
    if created and created["stack_name"] != resource.stack_name:
        return created["stack_name"], created["logical_id"]
    return resource.scope, created["logical_id"] if created else resource.logical_id
