"""Limits of IAM and S3 that many jobs can reach are reported at synth, with a fix."""

import json
import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from personalize_import import DatasetImportProvider, DataSource
from personalize_import.policies.policy_sizes import length_of
from tests.constructs.support.stacks import ROLE_ARN, add_job, new_app, new_stack

ENV = cdk.Environment(account="123456789012", region="eu-west-1")


def errors(app: cdk.App) -> str:
    """Return the errors that keep the CDK CLI from deploying an app, also where validations are skipped."""
    stacks = app.synth(skip_validation=True).stacks
    found = [str(each.entry.data) for stack in stacks for each in stack.messages if each.level.name == "ERROR"]
    assert found
    return "\n".join(found)


def lengths(text: str) -> tuple[int, int]:
    """Return the length and the limit that a message names."""
    found = re.search(r"about ([\d,]+) characters; AWS allows ([\d,]+)\.", text)
    assert found
    return int(found[1].replace(",", "")), int(found[2].replace(",", ""))


def many_stacks(count: int, **provider: Any) -> cdk.App:
    app = new_app()
    imports = DatasetImportProvider(new_stack("Platform", app, env=ENV), "Imports", **provider)
    for number in range(count):
        add_job(new_stack(f"Recommendations-of-shop-{number}", app, env=ENV), provider=imports, preflight=True)
    return app


def many_roles(count: int, **provider: Any) -> cdk.App:
    app = new_app()
    stack = new_stack(scope=app, env=ENV)
    imports = DatasetImportProvider(stack, "Imports", **provider)
    for number in range(count):
        arn = f"{ROLE_ARN}-of-the-team-{number:03}"
        role = iam.Role.from_role_arn(stack, f"Role{number}", arn, mutable=False)
        add_job(stack, f"Job{number}", role=role, provider=imports, preflight=True)
    return app


@pytest.mark.parametrize("add", [many_stacks, many_roles])
def test_more_roles_than_fit_into_the_policies_of_is_complete_are_an_error_with_a_fix(add: Any) -> None:
    app = add(80)

    text = errors(app)

    assert "the inline policies of the role" in text
    assert "Imports/IsCompleteRole together would have about" in text
    length, limit = lengths(text)
    assert limit == 10_240 < length
    assert "Give the provider an import_role_path" in text


@pytest.mark.parametrize("add", [many_stacks, many_roles])
def test_what_fits_is_no_error_and_the_way_out_leads_out(add: Any) -> None:
    add(20).synth()
    add(80, import_role_path="/team/").synth()


def folders_of_one_bucket(count: int, *, by_uri: bool = False) -> cdk.App:
    app = new_app()
    stack = new_stack(scope=app, env=ENV)
    bucket = s3.Bucket(stack, "Bucket", bucket_name="b" * 63)
    for number in range(count):
        source = (
            DataSource.from_s3_uri(f"s3://{'b' * 63}/interactions/of-the-shop-{number:03}/")
            if by_uri
            else DataSource.from_bucket(bucket, f"interactions/of-the-shop-{number:03}/")
        )
        add_job(stack, f"Job{number}", data_source=source)
    return app


def test_more_imports_than_fit_into_a_bucket_policy_are_an_error_with_a_fix() -> None:
    text = errors(folders_of_one_bucket(210))

    assert "the policy of the bucket Stack/Bucket would have about" in text
    length, limit = lengths(text)
    assert limit == 20_480 < length
    assert "DataSource.from_s3_uri" in text


def test_a_policy_of_a_bucket_that_fits_is_no_error_and_the_way_out_leads_out() -> None:
    folders_of_one_bucket(100).synth()
    folders_of_one_bucket(210, by_uri=True).synth()


def test_a_length_is_that_of_the_policy_as_it_is_deployed() -> None:
    stack = new_stack(env=ENV)
    bucket = s3.Bucket(stack, "Bucket", bucket_name="data")
    statement = iam.PolicyStatement(actions=["s3:GetObject"], resources=[bucket.arn_for_objects("a/*")])
    arn = stack.format_arn(service="states", resource="stateMachine")
    statement.add_resources(f"{arn}:x")

    resources = ["arn:aws:s3:::data/a/*", "arn:aws:states:eu-west-1:123456789012:stateMachine:x"]
    deployed = {
        "Statement": [{"Action": "s3:GetObject", "Effect": "Allow", "Resource": resources}],
        "Version": "2012-10-17",
    }
    length = length_of(bucket, iam.PolicyDocument(statements=[statement]))
    assert length == len(json.dumps(deployed, separators=(",", ":")))
