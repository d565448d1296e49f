"""A warning about attributes of a job that other stacks use although the attributes change with each import.

The CDK exports such an attribute, and CloudFormation refuses to change an export that is in use.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import aws_cdk as cdk
from constructs import Construct

from personalize_import.synthesis.at_synthesis import at_synthesis
from personalize_import.synthesis.stack_environment import once_per_stack
from personalize_import.synthesis.warnings import WARNING_ID_PREFIX
from personalize_import_handler.contract import Attribute

_EXPORTS: Final = "Exports"
"""The id of the CDK's construct that contains the exports of a stack. The ids of exports end with the value as JSON."""
_REGION_EXPORTS: Final = "Custom::CrossRegionExportWriterCustomResourceProvider"
"""The id of the CDK's custom resource provider that writes exports to other Regions."""
_REGION_EXPORT: Final = "ExportsWriter"
_CHANGING: Final = tuple(each for each in Attribute if each is not Attribute.DATASET_ARN)
_Jobs = list[tuple[Construct, Sequence[cdk.CfnResource]]]


def warn_of_exported_attributes(job: Construct, resources: Sequence[cdk.CfnResource]) -> None:
    """Warn when the template is written if another stack uses an attribute of these resources that changes."""
    _jobs_of(job).append((job, resources))


@once_per_stack
def _jobs_of(stack: cdk.Stack) -> _Jobs:
    jobs: _Jobs = []
    at_synthesis(stack, lambda: _warn(stack, jobs))
    return jobs


def _warn(stack: cdk.Stack, jobs: _Jobs) -> None:
    exported = [text for text in _exports_of(stack) if text.endswith(_ends(_CHANGING))]
    for job, resources in jobs if exported else ():
        names = [_reference(stack, resource) for resource in resources]
        used = [each for each in _CHANGING if any(text.endswith(_ends(names, each)) for text in exported)]
        if used:
            cdk.Annotations.of(job).add_warning_v2(
                f"{WARNING_ID_PREFIX}exported-attribute",
                f"another stack uses {', '.join(used)}, which changes with each import. CloudFormation refuses to "
                "change an export that is in use (cannot be updated as it is in use), so the next import fails the "
                "deploy. Put the value into an SSM parameter of this stack, and read it from there in the other stack",
            )


def _reference(stack: cdk.Stack, resource: cdk.CfnResource) -> str:
    """Return the text with which an export refers to a resource, up to the name of the attribute."""
    if stack.nested:  # to an output of the nested stack
        return str(cdk.Names.node_unique_id(resource.node))
    return f'"{stack.resolve(resource.ref)["Ref"]}","'


def _ends(before: Iterable[str], attribute: str = "") -> tuple[str, ...]:
    return tuple(f'{each}{attribute}"]}}' for each in before)


def _exports_of(stack: cdk.Stack) -> Iterator[str]:
    """Yield the values, as JSON, that the CDK exports from a stack, or from its root stack."""
    while parent := stack.nested_stack_parent:
        stack = parent
    if exports := stack.node.try_find_child(_EXPORTS):
        yield from (each.node.id for each in exports.node.children)
    if stack.node.try_find_child(_REGION_EXPORTS):
        for child in stack.node.children:
            writer = child.node.try_find_child("Resource") if child.node.id.startswith(_REGION_EXPORT) else None
            if writer and isinstance(resource := writer.node.default_child, cdk.CfnResource):
                properties = stack.resolve(resource._cfn_properties)  # noqa: SLF001 - it is protected, not private
                for value in properties.get("WriterProps", {}).get("exports", {}).values():
                    yield json.dumps(value, separators=(",", ":"))
