"""The conditions for importing again, and the value that requests a comparison of the data."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ssm as ssm
from aws_cdk.assertions import Template

from personalize_import import DatasetImportJob, Reimport
from personalize_import.synthesis.validation import ValidationError
from tests.constructs.support.stacks import (
    add_job,
    logical_id,
    new_app,
    new_stack,
    own_warnings,
    properties_of,
    template_of,
)

TEXT = "must be a string of 1 to 256 characters"
WARNING = "cdk-personalize-import:data-as-of-in-stage"


def written(job: DatasetImportJob) -> dict[str, Any]:
    template = Template.from_stack(cdk.Stack.of(job)).to_json()
    properties = template["Resources"][logical_id(job)]["Properties"]
    return {name: properties[name] for name in ("Reimport", "ReimportToken", "DataAsOf") if name in properties}


def warnings_of(stack: cdk.Stack) -> list[str]:
    return own_warnings(stack, "data-as-of")


def in_pipeline() -> cdk.Stack:
    return new_stack("Shop", cdk.Stage(new_app(), "Prod"))


@pytest.mark.parametrize("reimport", [None, Reimport.when_properties_change()])
def test_by_default_only_the_properties_decide(reimport: Reimport | None) -> None:
    assert written(add_job(new_stack(), reimport=reimport)) == {}


def test_a_value_is_written_as_it_is_and_nothing_compares_the_data() -> None:
    assert written(add_job(new_stack(), reimport=Reimport.when_value_changes("2026-11 / ü"))) == {
        "ReimportToken": "2026-11 / ü"
    }


def test_a_value_may_be_a_token() -> None:
    stack = new_stack()
    value = cdk.CfnParameter(stack, "Release").value_as_string

    assert written(add_job(stack, reimport=Reimport.when_value_changes(value))) == {"ReimportToken": {"Ref": "Release"}}


def test_a_value_in_code_compares_the_data_without_a_parameter() -> None:
    stack = new_stack()
    job = add_job(stack, reimport=Reimport.when_data_changes("4f1c2d3"))

    assert written(job) == {"Reimport": "WHEN_DATA_CHANGES", "DataAsOf": "4f1c2d3"}
    assert "DataAsOf" not in template_of(stack).get("Parameters", {})


def test_the_value_may_be_a_parameter_of_systems_manager() -> None:
    stack = new_stack()
    token = ssm.StringParameter.value_for_string_parameter(stack, "/data/as-of")

    as_of = written(add_job(stack, reimport=Reimport.when_data_changes(as_of=token)))["DataAsOf"]

    assert template_of(stack)["Parameters"][as_of["Ref"]]["Default"] == "/data/as-of"


@pytest.mark.parametrize("value", ["", "a" * 257, 5, None, b"a"])
def test_a_wrong_value_is_named_with_what_is_allowed(value: Any) -> None:
    with pytest.raises(ValidationError, match=f"^value {TEXT}, got"):
        Reimport.when_value_changes(value)


@pytest.mark.parametrize("as_of", ["", "a" * 257, 5, b"a"])
def test_a_wrong_as_of_is_named_with_what_is_allowed(as_of: Any) -> None:
    with pytest.raises(ValidationError, match=f"^as_of {TEXT}, got"):
        Reimport.when_data_changes(as_of)


def test_the_parameter_belongs_to_the_top_level_stack_and_is_passed_down_to_nested_stacks() -> None:
    top = new_stack("Top")
    inner = cdk.NestedStack(cdk.NestedStack(top, "Outer"), "Inner")
    jobs = [add_job(scope, reimport=Reimport.when_data_changes()) for scope in (top, inner)]

    ref = written(jobs[1])["DataAsOf"]["Ref"]

    assert written(jobs[0])["DataAsOf"] == {"Ref": "DataAsOf"}
    assert template_of(top)["Parameters"]["DataAsOf"]["Default"] == ""
    assert "Default" not in Template.from_stack(inner).to_json()["Parameters"][ref]
    (outer,) = Template.from_stack(top).find_resources("AWS::CloudFormation::Stack").values()
    assert {"Ref": "DataAsOf"} in outer["Properties"]["Parameters"].values()


@pytest.mark.parametrize("taken_by", [cdk.CfnParameter, cdk.Stack])
def test_a_construct_that_has_the_parameter_s_name_is_an_error_with_a_way_out(taken_by: Any) -> None:
    stack = new_stack("Shop")
    taken_by(stack, "DataAsOf")

    with pytest.raises(ValidationError, match=r"reimport needs a parameter DataAsOf in the stack Shop, which has a"):
        add_job(stack, reimport=Reimport.when_data_changes())
    with pytest.raises(ValidationError, match=r"pass a value: Reimport\.when_data_changes\(as_of=\.\.\.\)"):
        add_job(cdk.NestedStack(stack, "Nested"), reimport=Reimport.when_data_changes())

    assert written(add_job(stack, "Other", reimport=Reimport.when_data_changes("1")))["DataAsOf"] == "1"


def test_a_pipeline_that_cannot_set_the_parameter_is_warned_of_once_in_a_stack() -> None:
    stack = in_pipeline()
    for scope in (stack, cdk.NestedStack(stack, "Nested")):
        add_job(scope, reimport=Reimport.when_data_changes())

    (warning,) = warnings_of(stack)

    assert warning.startswith("changed data is never imported again if CDK Pipelines deploys the Stage Prod: it can't")
    assert "Reimport.when_data_changes(as_of=...)" in warning


def test_the_warning_can_be_acknowledged_by_those_who_set_the_parameter() -> None:
    stack = in_pipeline()
    add_job(stack, reimport=Reimport.when_data_changes())
    cdk.Annotations.of(stack).acknowledge_warning(WARNING)

    assert warnings_of(stack) == []


def test_no_warning_where_the_value_can_change() -> None:
    app_stack, with_value = new_stack(), in_pipeline()
    add_job(app_stack, reimport=Reimport.when_data_changes())
    add_job(with_value, reimport=Reimport.when_data_changes("4f1c2d3"))

    assert warnings_of(app_stack) == warnings_of(with_value) == []


def test_a_template_is_the_same_at_each_synth() -> None:
    first, second = new_stack(), new_stack()
    for stack in (first, second):
        add_job(stack, reimport=Reimport.when_data_changes())

    assert json.dumps(template_of(first)) == json.dumps(template_of(second))


def test_all_jobs_of_a_stack_share_one_parameter_that_is_empty_unless_it_is_given() -> None:
    stack = new_stack()
    jobs = [add_job(stack, f"Job{number}", reimport=Reimport.when_data_changes()) for number in range(2)]

    assert template_of(stack)["Parameters"]["DataAsOf"]["Default"] == ""
    assert [properties_of(job)["DataAsOf"] for job in jobs] == ["", ""]
    assert [properties_of(job, DataAsOf="monday")["DataAsOf"] for job in jobs] == ["monday", "monday"]
