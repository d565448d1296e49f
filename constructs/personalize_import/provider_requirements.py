"""What a job may ask of the provider that it was given."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from constructs import Construct

from personalize_import.access.import_role import path_of
from personalize_import.data.data_source import DataSource
from personalize_import.provider.imported import ImportedProvider
from personalize_import.provider.provider import DatasetImportProvider
from personalize_import.synthesis.environment import is_token, stack_of
from personalize_import_handler.contract.constraints import violation

if TYPE_CHECKING:
    from aws_cdk import aws_iam as iam


def check_provider(name: str, provider: object, scope: Construct) -> Iterator[str]:
    """Yield what is wrong with a provider, unless there is none."""
    if provider is None or isinstance(provider, ImportedProvider):
        return
    if not isinstance(provider, DatasetImportProvider):
        yield violation(
            name, provider, "a DatasetImportProvider, or what DatasetImportProvider.from_provider_attributes gives"
        )
    elif _is_in_another_nested_stack(scope, provider) and not provider.import_role_path:
        # The two stacks would depend on each other: for the token of the one, and for the name of the other.
        yield violation(name, provider.node.path, "one that has an import_role_path, for this stack is a nested one")


def check_passable(name: str, role: object, provider: object, scope: Construct) -> Iterator[str]:
    """Yield what is wrong with a role that was brought, where the provider's path bounds those that can be passed."""
    if not hasattr(role, "role_arn") or not isinstance(provider, DatasetImportProvider | ImportedProvider):
        return
    brought: iam.IRole = role  # type: ignore[assignment]  # isinstance against a jsii interface raises
    if provider.may_name(brought, scope):
        return
    path, bound = path_of(brought), provider.import_role_path
    if bound is None:
        yield violation(
            name, brought.node.path, "a role of the provider's stack, or the provider one that has an import_role_path"
        )
    elif path is not None and not is_token(bound) and not path.startswith(bound):
        yield violation(name, path, f"a role whose path begins with {bound}, for its provider may pass no others")


def check_preflight(name: str, provider: object, *, asked: bool) -> Iterator[str]:
    """Yield what is wrong with asking a provider for a look at the data."""
    if asked and isinstance(provider, ImportedProvider) and provider.preflight_role is None:
        yield f"{name} needs a provider that allows preflight: pass preflight_role_arn to from_provider_attributes"


def check_asset_files(name: str, data_source: object, provider: object) -> Iterator[str]:
    """Yield what is wrong with data of this machine, which is brought to the bucket of a provider of this app."""
    if isinstance(provider, ImportedProvider) and isinstance(data_source, DataSource) and data_source.local:
        yield violation(
            name, data_source.local, "in S3 where another app made the provider; from_asset needs one of this app"
        )


def _is_in_another_nested_stack(scope: Construct, provider: Construct) -> bool:
    stack = stack_of(scope)
    return stack is not stack_of(provider) and stack.nested
