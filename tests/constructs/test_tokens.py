"""Values that are known at deploy time pass the checks at synth, and reach the resource unchanged."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from personalize_import import DataSource, Reimport
from personalize_import.synthesis.validation import ValidationError
from tests.constructs.support.stacks import add_job, logical_id, new_stack, template_of

ARGUMENTS = {
    "dataset": "DatasetArn",
    "import_mode": "ImportMode",
    "job_name_prefix": "JobName",
}


def properties_with(stack: cdk.Stack, **arguments: Any) -> dict[str, Any]:
    job = add_job(stack, **arguments)
    properties = template_of(stack)["Resources"][logical_id(job)]["Properties"]
    assert isinstance(properties, dict)
    return properties


def test_every_argument_that_is_text_may_be_a_token() -> None:
    stack = new_stack()
    parameters = {name: cdk.CfnParameter(stack, written).value_as_string for name, written in ARGUMENTS.items()}

    properties = properties_with(stack, **parameters)

    assert {written: properties[written] for written in ARGUMENTS.values()} == {
        written: {"Ref": written} for written in ARGUMENTS.values()
    }


def test_text_that_contains_a_token_is_accepted_too() -> None:
    stack = new_stack()

    properties = properties_with(
        stack, job_name_prefix=f"{stack.region}-import", reimport=Reimport.when_value_changes(f"! {stack.account}")
    )

    assert properties["JobName"] == {"Fn::Join": ["", [{"Ref": "AWS::Region"}, "-import"]]}
    assert properties["ReimportToken"] == {"Fn::Join": ["", ["! ", {"Ref": "AWS::AccountId"}]]}


def test_a_bucket_and_a_key_may_be_tokens() -> None:
    stack = new_stack()
    bucket, key = (cdk.CfnParameter(stack, name).value_as_string for name in ("BucketName", "Key"))
    source = DataSource.from_bucket(s3.Bucket.from_bucket_name(stack, "Bucket", bucket), key)

    assert properties_with(stack, data_source=source)["DataLocation"] == {
        "Fn::Join": ["", ["s3://", {"Ref": "BucketName"}, "/", {"Ref": "Key"}]]
    }


def test_an_imported_roles_arn_may_be_a_token() -> None:
    stack = new_stack()
    role = iam.Role.from_role_arn(stack, "Role", cdk.CfnParameter(stack, "RoleArn").value_as_string)

    assert properties_with(stack, role=role)["RoleArn"] == {"Ref": "RoleArn"}


def test_a_timeout_may_be_a_token() -> None:
    stack = new_stack()
    seconds = cdk.CfnParameter(stack, "Seconds", type="Number").value_as_number

    properties = properties_with(stack, timeout=cdk.Duration.seconds(seconds))

    assert properties["TimeoutSeconds"] == {"Ref": "Seconds"}


def test_a_timeout_that_is_a_token_has_to_be_in_seconds() -> None:
    stack = new_stack()
    minutes = cdk.CfnParameter(stack, "Minutes", type="Number").value_as_number

    with pytest.raises(ValidationError) as refused:
        add_job(stack, timeout=cdk.Duration.minutes(minutes))

    assert str(refused.value) == (
        "Stack/Job: timeout must be made by Duration.seconds where it is a token, got 'Duration.minutes'"
    )


def test_a_token_among_tags_does_not_hide_problems_of_the_others() -> None:
    stack = new_stack()

    with pytest.raises(ValidationError, match="tags: the value of 'team' must be") as refused:
        add_job(stack, tags={"region": stack.region, "team": "b!"})

    assert "region" not in str(refused.value)


def test_tokens_count_as_tags() -> None:
    stack = new_stack()

    with pytest.raises(ValidationError, match=r"tags must be at most 46 tags: .*, got 47"):
        add_job(stack, tags={"region": stack.region, **{f"a{number}": "x" for number in range(46)}})
