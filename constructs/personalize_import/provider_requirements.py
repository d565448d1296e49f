"""Checks of a job's arguments against its provider."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from constructs import Construct

from personalize_import.access.import_role import path_of
from personalize_import.provider.interface import is_provider, support_of
from personalize_import.synthesis.stack_environment import is_token, stack_of
from personalize_import_handler.contract.constraints import violation

if TYPE_CHECKING:
    from aws_cdk import aws_iam as iam


def check_provider(name: str, provider: object, scope: Construct) -> Iterator[str]:
    """Yield a problem if the job can't use the provider; None is valid."""
    if provider is None:
        return
    if not is_provider(provider):
        allowed = "a DatasetImportProvider, or the result of DatasetImportProvider.from_provider_attributes"
        yield violation(name, provider, allowed)
    elif _is_in_another_nested_stack(scope, cast("Construct", provider)) and not provider.import_role_path:
        # The dependency would be circular: one stack needs the service token, the other the name of a nested stack.
        allowed = "one with an import_role_path, because this stack is a nested one"
        yield violation(name, provider.node.path, allowed)


def check_passable(name: str, role: object, provider: object, scope: Construct) -> Iterator[str]:
    """Yield a problem if the provider can't pass the role."""
    if not hasattr(role, "role_arn") or not is_provider(provider):
        return
    given = cast("iam.IRole", role)
    if support_of(provider).can_reference_by_arn(given, scope):
        return
    path, bound = path_of(given), provider.import_role_path
    if bound is None:
        allowed = "a role of the provider's stack; or pass a provider with an import_role_path"
        yield violation(name, given.node.path, allowed)
    elif path is not None and not is_token(bound) and not path.startswith(bound):
        yield violation(name, path, f"a role whose path begins with {bound}, because its provider can pass no others")


def check_preflight(name: str, provider: object, *, is_used: bool) -> Iterator[str]:
    """Yield a problem if an argument needs preflight and the provider doesn't allow it."""
    if is_used and is_provider(provider) and provider.preflight_role is None:
        yield f"{name} needs a provider that allows preflight: pass preflight_role_arn to from_provider_attributes"


def _is_in_another_nested_stack(scope: Construct, provider: Construct) -> bool:
    stack = stack_of(scope)
    return stack is not stack_of(provider) and stack.nested
