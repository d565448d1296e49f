"""Jobs in stages, nested stacks, other partitions and several stacks."""

import json

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template

from tests.constructs.support.stacks import (
    add_dataset,
    add_job,
    deployed,
    from_new_bucket,
    logical_id,
    new_app,
    new_stack,
)


def test_a_job_in_a_stage_has_the_name_of_its_stack_in_the_path_of_its_role() -> None:
    stage = cdk.Stage(new_app(), "Production")
    job = add_job(new_stack("Models", stage))

    path = deployed(cdk.Stack.of(job)).properties(logical_id(job.role))["Path"]

    assert path == "/personalize-import/eu-west-1/Production-Models/"


def test_a_stack_with_an_explicit_name_has_that_name_in_the_path() -> None:
    job = add_job(new_stack(stack_name="my-models"))

    assert (
        deployed(cdk.Stack.of(job)).properties(logical_id(job.role))["Path"]
        == "/personalize-import/eu-west-1/my-models/"
    )


def test_a_nested_stack_has_a_separate_provider_and_can_use_a_dataset_and_a_bucket_of_its_parent() -> None:
    outer = new_stack("Outer")
    dataset, source = add_dataset(outer), from_new_bucket(outer)
    inner = cdk.NestedStack(outer, "Inner")
    job = add_job(inner, dataset=dataset, data_source=source)

    template = Template.from_stack(inner).to_json()
    properties = template["Resources"][logical_id(job)]["Properties"]

    assert properties["ServiceToken"]["Fn::GetAtt"][0] in template["Resources"]
    assert properties["DatasetArn"]["Ref"] in template["Parameters"]
    assert properties["SchemaArn"]["Ref"] in template["Parameters"]
    (bucket_policy,) = deployed(outer).of_type("AWS::S3::BucketPolicy")
    (inner_stack,) = deployed(outer).of_type("AWS::CloudFormation::Stack").values()
    assert bucket_policy in inner_stack["DependsOn"]


def test_a_dataset_of_another_stack_is_imported_from_there() -> None:
    app = new_app()
    data, models = new_stack("Data", app), new_stack("Models", app)
    job = add_job(models, dataset=add_dataset(data))

    properties = Template.from_stack(models).to_json()["Resources"][logical_id(job)]["Properties"]

    assert properties["DatasetArn"]["Fn::ImportValue"].startswith("Data:ExportsOutput")
    assert properties["SchemaArn"]["Fn::ImportValue"].startswith("Data:ExportsOutput")
    assert models.dependencies == [data]


def test_in_china_arns_have_the_partition_of_china_and_the_service_principal_is_unchanged() -> None:
    app = cdk.App(context={"@aws-cdk/core:enablePartitionLiterals": True, "aws:cdk:bundling-stacks": []})
    stack = new_stack(scope=app, env=cdk.Environment(account="123456789012", region="cn-north-1"))
    job = add_job(
        stack,
        dataset="arn:aws-cn:personalize:cn-north-1:123456789012:dataset/group/ITEMS",
        data_source=from_new_bucket(stack),
    )

    template = deployed(stack)
    trust = template.properties(logical_id(job.role))["AssumeRolePolicyDocument"]["Statement"][0]

    assert "arn:aws:" not in json.dumps(template.template)
    assert trust["Principal"] == {"Service": "personalize.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "StringLike": {"aws:SourceArn": "arn:aws-cn:personalize:cn-north-1:123456789012:*"},
    }


def test_an_aspect_may_bound_every_role_of_a_stack() -> None:
    stack = new_stack()
    add_job(stack)
    iam.PermissionsBoundary.of(stack).apply(iam.ManagedPolicy.from_aws_managed_policy_name("PowerUserAccess"))

    boundaries = [role.get("PermissionsBoundary") for role in deployed(stack).all_properties("AWS::IAM::Role")]

    assert boundaries == ["arn:aws:iam::aws:policy/PowerUserAccess"] * 4
