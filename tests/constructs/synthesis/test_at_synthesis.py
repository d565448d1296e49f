"""Tasks that run when the template of a stack is written."""

from typing import cast

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sns as sns
from constructs import Construct, IConstruct

from personalize_import.synthesis.at_synthesis import at_synthesis, attach_tasks_to
from tests.constructs.support.stacks import new_app, new_stack, template_of


def topic(scope: Construct, id: str = "Topic") -> cdk.CfnResource:
    resource = sns.CfnTopic(scope, id)
    attach_tasks_to(scope, resource)
    return resource


def test_a_task_runs_once_for_each_template_and_not_when_the_cdk_resolves_references() -> None:
    app, ran = new_app(), list[str]()
    for name in ("One", "Two"):
        stack = new_stack(name, app)
        topic(stack)
        topic(stack, "Other")
        at_synthesis(stack, lambda name=name: ran.append(name))  # type: ignore[misc]

    app.synth()

    assert sorted(ran) == ["One", "Two"]


def test_a_task_runs_again_when_the_app_is_synthesized_again() -> None:
    app, ran = new_app(), list[str]()
    stack = new_stack("One", app)
    topic(stack)
    at_synthesis(stack, lambda: ran.append("One"))

    app.synth()
    app.synth(force=True)

    assert ran == ["One", "One"]


@pytest.mark.parametrize("path_metadata", [True, False])
def test_a_task_adds_nothing_to_the_template(path_metadata: bool) -> None:
    context = {"aws:cdk:enable-path-metadata": True} if path_metadata else {}
    hosting, plain = (new_stack("Stack", cdk.App(context=context)) for _ in range(2))
    topic(hosting)
    at_synthesis(hosting, lambda: None)
    sns.CfnTopic(plain, "Topic")

    assert template_of(hosting) == template_of(plain)


def test_a_task_runs_after_aspects_and_references_between_stacks() -> None:

    app, seen = new_app(), list[object]()
    data, models = new_stack("Data", app), new_stack("Models", app)
    resource = topic(data)
    cdk.Tags.of(app).add("team", "a")
    cdk.CfnOutput(models, "Name", value=cast("sns.CfnTopic", resource).attr_topic_name)
    at_synthesis(data, lambda: seen.append(data.node.try_find_child("Exports") is not None))
    at_synthesis(data, lambda: seen.append(cast("sns.CfnTopic", resource).tags.tag_values()))

    app.synth(skip_validation=True)

    assert seen == [True, {"team": "a"}]


def test_a_task_of_a_nested_stack_runs_and_its_annotations_reach_the_cli() -> None:
    app = new_app()
    nested = cdk.NestedStack(new_stack("Stack", app), "Nested")
    at_synthesis(nested, lambda: warn(nested))
    topic(nested)

    (artifact,) = app.synth().stacks

    assert [(each.id, each.entry.data) for each in artifact.messages] == [("/Stack/Nested", "seen [ack: test:seen]")]


def warn(scope: IConstruct) -> None:
    cdk.Annotations.of(scope).add_warning_v2("test:seen", "seen")
