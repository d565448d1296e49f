"""The dataset of a job: its ARN, its schema, and all other properties whose change replaces the dataset.

A replaced dataset keeps its ARN but is empty. So these properties are also a property of the job, `DatasetDefinition`:
when one changes, CloudFormation updates the job, and the handler detects that the data is gone. The property is
resolved at the end of synthesis, because aspects and `Tags.of(...)` may change a dataset after its job was created.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-personalize-dataset.html
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Self
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize
from constructs import Construct, IConstruct

from personalize_import.synthesis.at_synthesis import at_synthesis
from personalize_import.synthesis.lazy_values import lazy_any, lazy_string
from personalize_import.synthesis.stack_environment import is_token, stack_of, top_level_stack_of
from personalize_import.synthesis.warnings import WARNING_ID_PREFIX


@dataclass(frozen=True)
class DatasetReference:
    """The dataset of a job."""

    arn: str
    schema_arn: str | None = None
    """The ARN of the schema. It is a token if the app creates the dataset, because the schema may be set later."""
    resource: personalize.CfnDataset | None = None
    """The dataset, if the app creates it."""

    @classmethod
    def of(cls, dataset: object, scope: IConstruct) -> Self:
        """Find the dataset by a construct, an ARN or a token of an ARN, in the stack of `scope`."""
        if resource := _resource_of(dataset, scope):
            # dataset_ref uses Ref, which returns the name according to CloudFormation's documentation.
            return cls(resource.attr_dataset_arn, _definition_of(resource).schema_arn, resource)
        if reference := getattr(dataset, "dataset_ref", None):
            return cls(reference.dataset_arn, getattr(dataset, "schema_arn", None))
        return cls(str(dataset))

    @property
    def present_schema_arn(self) -> str | None:
        """The current ARN of the schema, for checks; None if it is not set yet."""
        return self.resource.schema_arn if self.resource else self.schema_arn

    def definition(self, job: Construct) -> object | None:
        """Return the properties whose change replaces the dataset, except the schema, as a token.

        For a dataset in another stack, the token contains the text of the template instead of values, because exports
        can't change while they are in use. Changes of deploy-time values are not detected then; a warning reports that.
        """
        if self.resource is None:
            return None
        definition = _definition_of(self.resource)
        if top_level_stack_of(self.resource) is top_level_stack_of(job):
            return definition.token
        path = self.resource.node.path
        at_synthesis(job, lambda: _warn_of_unknown_values(job, path, definition))
        return definition.text_token


def _warn_of_unknown_values(job: Construct, path: str, definition: "_Definition") -> None:
    if unknown := [*definition.values_known_at_deploy_time()]:
        cdk.Annotations.of(job).add_warning_v2(
            f"{WARNING_ID_PREFIX}dataset-of-another-stack",
            f"{', '.join(unknown)} of the dataset {path} is known when that stack is deployed. When it changes, "
            "CloudFormation replaces the dataset with an empty one, and this job does not run again. Use a constant, "
            "or move the job into the stack of the dataset",
        )


def _resource_of(dataset: object, scope: IConstruct) -> personalize.CfnDataset | None:
    if isinstance(dataset, personalize.CfnDataset):
        return dataset
    reference = getattr(dataset, "dataset_ref", None)
    arn = reference.dataset_arn if reference else dataset
    if not isinstance(arn, str) or not is_token(arn):
        return None
    target = referenced_by(arn)
    if isinstance(target, personalize.CfnDataset):
        return target
    return None if target else _by_logical_id(arn, stack_of(scope))


def _by_logical_id(arn: str, stack: cdk.Stack) -> personalize.CfnDataset | None:
    """Find the dataset by the logical id in a function such as `Fn::GetAtt`."""
    match stack.resolve(arn):
        case {"Fn::GetAtt": [str(logical_id), "DatasetArn"]} | {"Ref": str(logical_id)}:
            datasets = [each for each in stack.node.find_all() if isinstance(each, personalize.CfnDataset)]
            return next((each for each in datasets if stack.resolve(each.logical_id) == logical_id), None)
    return None


def referenced_by(text: str) -> IConstruct | None:
    """Return the construct that a token refers to; None unless the text is exactly one such token."""
    if not is_token(text):
        return None
    fragments = cdk.Tokenization.reverse_string(text)
    token = fragments.first_token
    if fragments.length != 1 or token is None or not cdk.Reference.is_reference(token):
        return None
    # jsii returns the base class Reference, because the actual class is internal to the CDK.
    target: IConstruct | None = getattr(token, "target", None)
    return target


class _Definition:
    """The definition of one dataset, shared by its jobs."""

    def __init__(self, dataset: personalize.CfnDataset) -> None:
        self._dataset = dataset
        self.token = lazy_any(self._values)
        self.text_token = lazy_any(lambda: {name: self._text(each) for name, each in self._values().items()})
        self.schema_arn = lazy_string(lambda: dataset.schema_arn)

    def values_known_at_deploy_time(self) -> Iterator[str]:
        """Yield the names of values that are known only at deploy time, except references to resources of the app."""
        for name, value in self._values().items():
            texts = [*value, *value.values()] if isinstance(value, dict) else [value]
            if any(is_token(text) and not isinstance(referenced_by(text), cdk.CfnResource) for text in texts):
                yield name

    def _values(self) -> dict[str, Any]:
        dataset = self._dataset
        manager = getattr(dataset, "cdk_tag_manager", None)  # older versions of the CDK don't have it
        tags = {**_stack_tags(stack_of(dataset)), **(manager.tag_values() if manager else {})}
        return {
            "Name": dataset.name,
            "DatasetType": dataset.dataset_type,
            "DatasetGroupArn": dataset.dataset_group_arn,
            **({"Tags": tags} if tags else {}),
        }

    def _text(self, value: object) -> object:
        resolved = stack_of(self._dataset).resolve(value)
        return resolved if isinstance(resolved, str) else json.dumps(resolved, sort_keys=True)


def _stack_tags(stack: cdk.Stack) -> dict[str, str]:
    """Return the tags that CloudFormation adds to the resources of a stack, including the tags of its parent stacks."""
    parent = stack.nested_stack_parent
    return {**(_stack_tags(parent) if parent else {}), **stack.tags.tag_values()}


_DEFINITIONS: Final[WeakKeyDictionary[personalize.CfnDataset, _Definition]] = WeakKeyDictionary()


def _definition_of(dataset: personalize.CfnDataset) -> _Definition:
    if dataset not in _DEFINITIONS:
        _DEFINITIONS[dataset] = _Definition(dataset)
    return _DEFINITIONS[dataset]
