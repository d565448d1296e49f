"""The order in which resources are created and deleted, and grants to a job."""

from aws_cdk import aws_kms as kms
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_s3 as s3

from tests.constructs.support.stacks import (
    add_job,
    deployed,
    from_new_bucket,
    logical_id,
    new_app,
    new_stack,
    template_of,
)


def test_what_depends_on_the_job_waits_for_its_resource() -> None:
    stack = new_stack()
    job = add_job(stack)
    solution = personalize.CfnSolution(stack, "Solution", name="s", dataset_group_arn="g")
    solution.node.add_dependency(job)

    assert logical_id(job) in template_of(stack)["Resources"]["Solution"]["DependsOn"]


def test_the_job_waits_for_its_role_and_for_the_bucket_policy() -> None:
    stack = new_stack()
    job = add_job(stack, data_source=from_new_bucket(stack))

    template = deployed(stack)
    (bucket_policy,) = template.of_type("AWS::S3::BucketPolicy")
    depends_on = template.template["Resources"][logical_id(job)]["DependsOn"]

    assert sorted(depends_on) == sorted([bucket_policy, logical_id(job.role)])


def test_what_is_granted_to_the_job_is_granted_to_its_role_and_waited_for() -> None:
    stack = new_stack()
    job = add_job(stack)
    bucket, key = s3.Bucket(stack, "Other"), kms.Key(stack, "Key")

    bucket.grant_read(job, "more/*")  # after the job was made
    key.grant_decrypt(job)

    template = deployed(stack)
    ((policy, resource),) = [
        each for each in template.of_type("AWS::IAM::Policy").items() if each[0].startswith("JobRole")
    ]
    assert set(template.template["Resources"][logical_id(job)]["DependsOn"]) == {policy, logical_id(job.role)}
    assert resource["Properties"]["Roles"] == [{"Ref": logical_id(job.role)}]
    assert "kms:Decrypt" in [each["Action"] for each in template.properties(policy)["PolicyDocument"]["Statement"]]


def test_what_depends_on_a_job_of_another_stack_is_deployed_after_that_stack() -> None:
    app = new_app()
    data, models = new_stack("Data", app), new_stack("Models", app)
    personalize.CfnSolution(models, "Solution", name="s", dataset_group_arn="g").node.add_dependency(add_job(data))

    template_of(models)

    assert models.dependencies == [data]
