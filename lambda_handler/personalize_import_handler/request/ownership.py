"""Checks that the properties of a request refer only to the stack that sent it.

A template may contain any value, so its values prove nothing. CloudFormation itself sets the id of the stack, and the
handler derives the id of the resource from it. The checks compare properties with these two. docs/security.md describes
how far this protects teams that share a provider.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from personalize_import_handler.contract.constraints import shown
from personalize_import_handler.contract.import_properties import ImportProperties
from personalize_import_handler.contract.locations import Arn, parse_arn, parse_location
from personalize_import_handler.request.import_identity import stack_of_role
from personalize_import_handler.request.resource import Resource, first_of

_OF_DATASET: Final = (
    "Personalize imports only into datasets of the same account and Region: deploy the stack there, or use a dataset "
    "of this account and Region"
)
_OF_ROLE: Final = "iam:PassRole works only within one account: use a role of this account that may read the data"


class Provider(NamedTuple):
    """The provider of the functions, as its environment variables describe it."""

    stack_id: str
    """The provider's own stack."""
    staging_bucket: str | None = None
    import_role_path: str | None = None
    """The path of all roles that the provider can use; None if each role is allowed individually."""
    name: str | None = None
    """The name in state change events, which are published for all jobs if it is set."""


def problems_of(properties: ImportProperties, resource: Resource, provider: Provider) -> Iterator[str]:
    """Yield a problem for each property that belongs to another stack, or must not be used in this one."""
    yield from _problems_of_environment(properties, resource)
    yield from _problems_of_location(properties, resource, provider)
    arn = properties.dataset_import_job_arn
    if arn and not arn.startswith(resource.job_arn_prefix):
        yield f"DatasetImportJobArn {shown(arn)} is not in the account and Region of this stack"
    if first_of(properties, resource).created_in not in _own_names(resource):
        yield "FirstResource is not of this stack: PhysicalId must be the physical id (Ref) of a resource of the stack"


def depends_on_root_stack(properties: ImportProperties, resource: Resource) -> bool:
    """Return whether the properties are valid only if the stack is nested in a certain root stack."""
    return properties.stack_scope is not None or stack_of_role(properties.role_arn) not in {None, *_own_names(resource)}


def problems_with_root_stack(properties: ImportProperties, resource: Resource, root_name: str) -> Iterator[str]:
    """Yield a problem for each property that doesn't belong to the root stack or a stack nested in it."""
    scope = properties.stack_scope
    if scope != own_scope(properties, resource, root_name):
        yield (
            f"StackScope must begin with the name of this stack's root stack, and is allowed only in a nested stack, "
            f"got {shown(scope)}"
        )
    owner = stack_of_role(properties.role_arn)
    if owner not in {None, root_name, *_own_names(resource)}:
        yield (
            f"RoleArn {shown(properties.role_arn)} is the import role of stack {shown(owner)}, and can't be used in "
            f"stack {shown(resource.stack_name)}. Deploy the template under the name that it was synthesized "
            "for, leave `role` out to get a role for this stack, or use a role outside of these paths"
        )


def own_scope(properties: ImportProperties, resource: Resource, root_name: str) -> str | None:
    """Return the `StackScope` of a nested stack, if it begins with the name of its root stack."""
    scope = properties.stack_scope
    is_own = scope and root_name != resource.stack_name and scope.startswith(f"{root_name}/")
    return scope if is_own else None


def _own_names(resource: Resource) -> set[str]:
    """Return the names of the current and original stack; after a move, a rollback uses the original stack's role."""
    return {resource.stack_name, resource.created_in}


def _problems_of_environment(properties: ImportProperties, resource: Resource) -> Iterator[str]:
    """Yield a problem if the dataset or the role is in another account, Region or partition than the stack."""
    stack, role_arn = parse_arn(resource.stack_id), properties.role_arn
    in_iam = parse_arn(role_arn)._replace(region=stack.region)  # IAM is global
    yield from _differences("DatasetArn", properties.dataset_arn, parse_arn(properties.dataset_arn), stack, _OF_DATASET)
    yield from _differences("RoleArn", role_arn, in_iam, stack, _OF_ROLE)


def _differences(name: str, arn: str, found: Arn, stack: Arn, advice: str) -> Iterator[str]:
    different = [
        f"{word} {there} (the stack: {here})"
        for word, there, here in (
            ("account", found.account, stack.account),
            ("Region", found.region, stack.region),
            ("partition", found.partition, stack.partition),
        )
        if there != here
    ]
    if different:
        yield f"{name} {shown(arn)} is in {' and '.join(different)}. {advice}"


def _problems_of_location(properties: ImportProperties, resource: Resource, provider: Provider) -> Iterator[str]:
    location = properties.data_location
    bucket, key = parse_location(location)
    is_staged = bucket == provider.staging_bucket
    if properties.data_files and not is_staged:
        yield f"DataLocation must be in the provider's staging bucket if DataFiles is set, got {shown(location)}"
    if is_staged and key.partition("/")[0] != resource.stack_folder:
        yield (
            f"DataLocation {shown(location)} is not in the folder of this stack in the provider's staging bucket, "
            f"which is {resource.stack_folder}/"
        )
