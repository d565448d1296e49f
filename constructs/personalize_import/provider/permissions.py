"""IAM policy statements of the provider: one function for each permission, limited to the resources that it needs.

The statements are plain data, because each `iam.PolicyStatement` and each question to it is a call of the jsii kernel.
Actions and their resources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonpersonalize.html
"""

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct

from personalize_import.synthesis.stack_environment import environment_of
from personalize_import_handler.contract import EVENT_SOURCE, PERSONALIZE_SERVICE_PRINCIPAL
from personalize_import_handler.contract.statements import Statement, statement


def personalize_statements(scope: Construct) -> list[Statement]:
    """Allow a function to list, start, describe and tag import jobs in this account and Region."""
    datasets = _personalize_arn(scope, "dataset/*")
    jobs = _personalize_arn(scope, "dataset-import-job/*")
    return [
        statement(
            ["personalize:DescribeDatasetImportJob", "personalize:ListTagsForResource"], jobs, sid="DescribeImportJobs"
        ),
        # Personalize authorizes both resources: the target dataset and the new job.
        statement("personalize:CreateDatasetImportJob", [datasets, jobs], sid="CreateImportJobs"),
        statement(["personalize:TagResource", "personalize:UntagResource"], jobs, sid="TagImportJobs"),
        statement("personalize:DescribeDataset", datasets, sid="DescribeDatasets"),
        # List actions support no resource types.
        statement("personalize:ListDatasetImportJobs", "*", sid="ListImportJobs"),
    ]


def pass_role_statement(role_arns: Sequence[str], *, sid: str | None = None) -> Statement:
    """Allow a function to pass roles to Personalize, and to no other service."""
    to_personalize = {"StringEquals": {"iam:PassedToService": PERSONALIZE_SERVICE_PRINCIPAL}}
    return statement("iam:PassRole", role_arns, condition=to_personalize, sid=sid)


def pass_import_roles_statement(role_arns: Sequence[str]) -> Statement:
    """Allow a function to pass all import roles under some paths, however many roles there are."""
    return pass_role_statement(role_arns, sid="PassImportRoles")


def assume_role_statement(role_arns: Sequence[str], *, sid: str | None = None) -> Statement:
    """Allow a function to assume roles for preflight. Each role must also trust the role of the function."""
    return statement("sts:AssumeRole", role_arns, sid=sid)


def assume_import_roles_statement(role_arns: Sequence[str]) -> Statement:
    """Allow a function to assume all import roles under some paths."""
    return assume_role_statement(role_arns, sid="AssumeImportRoles")


def describe_schemas_statement(scope: Construct) -> Statement:
    """Allow a function to read the schemas of datasets."""
    return statement("personalize:DescribeSchema", _personalize_arn(scope, "schema/*"), sid="DescribeSchemas")


def describe_stacks_statement(scope: Construct) -> Statement:
    """Allow a function to find the parent of a nested stack, and to check whether a stack is rolled back."""
    stacks = environment_of(scope).arn("cloudformation", "stack/*")
    return statement("cloudformation:DescribeStacks", stacks, sid="DescribeStacks")


def list_executions_statement(state_machine_arn: str) -> Statement:
    """Allow a function to list the executions of a state machine: their names and times, not their input."""
    return statement("states:ListExecutions", state_machine_arn, sid="ListExecutions")


def put_events_statement(scope: Construct) -> Statement:
    """Allow a function to send events to the default event bus, only with the source of this library."""
    bus = environment_of(scope).arn("events", "event-bus/default")
    # The key has a value for each event of a request:
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
    from_this_library = {"ForAllValues:StringEquals": {"events:source": EVENT_SOURCE}}
    return statement("events:PutEvents", bus, condition=from_this_library, sid="PutStateChangeEvents")


def staging_bucket_statements(bucket_arn: str) -> list[Statement]:
    """Allow a function to fill and empty the staging bucket, but not to read its objects."""
    objects = f"{bucket_arn}/*"
    return [
        statement("s3:PutObject", objects, sid="PutStagedData"),
        # Any deletion needs both: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
        statement(["s3:DeleteObject", "s3:DeleteObjectVersion"], objects, sid="DeleteStagedData"),
        statement("s3:ListBucketVersions", bucket_arn, sid="ListStagedData"),
    ]


def asset_statements(scope: Construct, bucket_name: str) -> list[Statement]:
    """Allow a function to copy any CSV asset: a rollback needs files that are no longer in the template."""
    bucket = environment_of(scope).s3_arn(bucket_name)
    return [
        statement("s3:GetObject", f"{bucket}/*.csv", sid="GetAssetFiles"),
        # Without this permission, S3 returns 403 instead of 404 for an object that doesn't exist.
        statement("s3:ListBucket", bucket, sid="ListAssetFiles"),
    ]


def encrypt_logs_statement(scope: Construct) -> iam.PolicyStatement:
    """Allow CloudWatch Logs to use a key.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    known = environment_of(scope)
    return iam.PolicyStatement(
        principals=[iam.ServicePrincipal(f"logs.{known.region}.amazonaws.com")],
        actions=[
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey",
            "kms:ReEncryptFrom",
            "kms:ReEncryptTo",
        ],
        resources=["*"],
        # A reference to the log group would be circular, because the log group references the key.
        conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": known.arn("logs", "log-group:*")}},
    )


def vpc_policies() -> list[iam.IManagedPolicy]:
    """Return the AWS managed policy that allows a function to create network interfaces in a VPC.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
    """
    return [iam.ManagedPolicy.from_aws_managed_policy_name("service-role/AWSLambdaVPCAccessExecutionRole")]


def trace_statement() -> Statement:
    """Allow a state machine to send traces to X-Ray.

    https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html
    """
    actions = [
        "xray:GetSamplingRules",
        "xray:GetSamplingTargets",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    ]
    return statement(actions, "*", sid="Trace")  # these actions support no resource types


def roles_arn(scope: Construct, path: str) -> str:
    """Return an ARN pattern for all roles under a path."""
    known = environment_of(scope)
    return f"arn:{known.partition}:iam::{known.account}:role{path}*"


def _personalize_arn(scope: Construct, resource: str) -> str:
    return environment_of(scope).arn("personalize", resource)
