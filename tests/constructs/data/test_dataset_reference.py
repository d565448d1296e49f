"""Each change that makes CloudFormation replace a dataset changes a property of its jobs."""

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_personalize as personalize
from constructs import IConstruct

from personalize_import import DataSource
from tests.constructs.support.stacks import (
    DATASET_ARN,
    add_dataset,
    add_job,
    deployed,
    logical_id,
    new_app,
    new_stack,
    own_warnings,
    properties_of,
)

Change = Callable[[personalize.CfnDataset], object]


def written(change: Change = lambda _: None, given: Callable[[personalize.CfnDataset], Any] = lambda d: d) -> Any:
    """Return the dataset definition of a job in the template, with a dataset that changes after the job was created."""
    stack = new_stack()
    dataset = add_dataset(stack)
    job = add_job(stack, dataset=given(dataset))
    change(dataset)
    properties = deployed(stack).properties(logical_id(job.node.find_child("Resource")))
    return {name: properties.get(name) for name in ("DatasetArn", "SchemaArn", "DatasetDefinition")}


@jsii.implements(cdk.IAspect)
class SetSchema:
    def visit(self, node: IConstruct) -> None:
        if isinstance(node, personalize.CfnDataset):
            node.schema_arn = "arn:aws:personalize:eu-west-1:123456789012:schema/by-aspect"


def set_name(dataset: personalize.CfnDataset) -> None:
    dataset.name = "other"


def set_group(dataset: personalize.CfnDataset) -> None:
    dataset.dataset_group_arn = "arn:aws:personalize:eu-west-1:123456789012:dataset-group/other"


def set_type(dataset: personalize.CfnDataset) -> None:
    dataset.dataset_type = "Items"


CHANGES: dict[str, Change] = {
    "name": set_name,
    "group": set_group,
    "type": set_type,
    "Tags.of(dataset)": lambda dataset: cdk.Tags.of(dataset).add("team", "data"),
    "Tags.of(stack)": lambda dataset: cdk.Tags.of(cdk.Stack.of(dataset)).add("team", "data"),
    "tags of the stack": lambda dataset: cdk.Stack.of(dataset).tags.set_tag("team", "data"),
    "schema by an aspect": lambda dataset: cdk.Aspects.of(cdk.Stack.of(dataset)).add(SetSchema()),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_change_that_replaces_the_dataset_changes_the_job(change: Change) -> None:
    assert written(change) != written()


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("given", [lambda d: d.attr_dataset_arn, lambda d: d.ref], ids=["attr_dataset_arn", "ref"])
def test_a_dataset_that_is_passed_by_a_token_of_its_arn_is_the_same_as_the_construct(
    given: Callable[[personalize.CfnDataset], str], change: Change
) -> None:
    assert written(change, given) == written(change)


class Wrapped:
    """Anything else that refers to a dataset."""

    def __init__(self, dataset: personalize.CfnDataset) -> None:
        self.dataset_ref = dataset.dataset_ref


@pytest.mark.parametrize(
    "given",
    [
        lambda d: cdk.Fn.get_att(d.logical_id, "DatasetArn").to_string(),
        lambda d: cdk.Token.as_string({"Fn::GetAtt": [cdk.Stack.of(d).resolve(d.logical_id), "DatasetArn"]}),
        Wrapped,
    ],
    ids=["Fn.get_att", "Token.as_string", "dataset_ref"],
)
def test_other_ways_to_refer_to_a_dataset_of_the_stack_are_the_same(
    given: Callable[[personalize.CfnDataset], Any],
) -> None:
    assert written(set_name, given) == written(set_name)


def test_a_change_between_two_syntheses_of_an_app_is_detected() -> None:
    app = new_app()
    stack = new_stack("Stack", app)
    dataset = add_dataset(stack)
    job = add_job(stack, dataset=dataset)

    def definition() -> Any:
        template = app.synth(force=True).get_stack_by_name("Stack").template
        return template["Resources"][logical_id(job.node.find_child("Resource"))]["Properties"]["DatasetDefinition"]

    before = definition()
    dataset.name = "other"

    assert (before["Name"], definition()["Name"]) == ("dataset", "other")


def test_tags_of_the_parent_of_a_nested_stack_replace_the_dataset_too() -> None:
    nested = cdk.NestedStack(new_stack(tags={"team": "data"}), "Nested")
    job = add_job(nested, dataset=add_dataset(nested))

    assert properties_of(job)["DatasetDefinition"]["Tags"] == {"team": "data"}


def test_two_syntheses_of_the_same_app_have_the_same_annotations() -> None:
    assert written() == written()


def test_a_dataset_of_another_app_has_no_definition() -> None:
    job = add_job(new_stack(), dataset=DATASET_ARN)

    assert "DatasetDefinition" not in deployed(cdk.Stack.of(job)).properties(
        logical_id(job.node.find_child("Resource"))
    )


def in_two_stacks(name: str = "dataset", group_name: str = "group") -> tuple[cdk.Stack, Any]:
    app = new_app()
    first, second = new_stack("First", app), new_stack("Second", app)
    dataset = add_dataset(first)
    dataset.name = name
    dataset.node.scope.node.find_child("DatasetGroup").name = group_name  # type: ignore[union-attr]
    dataset.schema_arn = "arn:aws:personalize:eu-west-1:123456789012:schema/schema"
    job = add_job(second, dataset=dataset, data_source=DataSource.from_s3_uri("s3://data/a.csv"))
    app.synth()
    return second, cdk.assertions.Template.from_stack(second).to_json()["Resources"][
        logical_id(job.node.find_child("Resource"))
    ]["Properties"]


def test_a_dataset_of_another_stack_changes_the_job_without_more_exports() -> None:
    _, one = in_two_stacks()
    _, other = in_two_stacks(name="other")

    assert one["DatasetDefinition"] != other["DatasetDefinition"]
    assert "ImportValue" not in str(one["DatasetDefinition"])


def test_a_value_of_another_stack_that_is_known_at_deploy_time_only_is_a_warning() -> None:
    quiet, _ = in_two_stacks()
    app = new_app()
    first, second = new_stack("First", app), new_stack("Second", app)
    dataset = add_dataset(first)
    add_job(second, dataset=dataset)
    dataset.name = cdk.CfnParameter(first, "Name").value_as_string  # which is seen, although it comes later

    (warning,) = own_warnings(second, "dataset-of-another-stack")
    assert warning.startswith("Name of the dataset First/Dataset is known when that stack is deployed.")
    assert own_warnings(quiet, "dataset-of-another-stack") == []


def test_a_nested_stack_does_not_count_as_another_stack() -> None:
    stack = new_stack()
    dataset = add_dataset(stack)
    nested = cdk.NestedStack(stack, "Nested")
    dataset.name = cdk.CfnParameter(stack, "Name").value_as_string

    job = add_job(nested, dataset=dataset)

    assert [each for each in job.node.metadata if "dataset-of-another-stack" in str(each.data)] == []
