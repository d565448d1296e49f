"""docs/pipelines.md: what it shows sets the value that it is about."""

import shlex

import aws_cdk as cdk
import yaml

from personalize_import import Reimport
from tests.constructs.support.stacks import add_job, new_stack, template_of
from tests.docs.support.blocks import text_of


def test_the_workflow_sets_the_parameter_of_the_stack() -> None:
    workflow = yaml.safe_load(text_of("docs/pipelines.md: name: deploy"))
    commands = [step["run"] for step in workflow["jobs"]["deploy"]["steps"] if "run" in step]
    words = shlex.split(commands[-1].replace("${{ github.run_id }}", "17"))
    stack_name, _, parameter = words[words.index("--parameters") + 1].partition(":")
    stack = new_stack(stack_name)
    add_job(cdk.NestedStack(stack, "Nested"), reimport=Reimport.when_data_changes())

    name, _, value = parameter.partition("=")

    assert value == "17"
    assert name in template_of(stack)["Parameters"]
