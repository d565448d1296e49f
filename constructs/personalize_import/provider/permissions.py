"""IAM policy statements of the provider: one function for each permission, limited to the resources that it needs.

Actions and their resources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonpersonalize.html
"""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from personalize_import.synthesis.stack_environment import stack_of
from personalize_import_handler.contract import EVENT_SOURCE, PERSONALIZE_SERVICE_PRINCIPAL


def personalize_statements(scope: Construct) -> list[iam.PolicyStatement]:
    """Allow a function to list, start, describe and tag import jobs in this account and Region."""
    datasets = _personalize_arn(scope, "dataset/*")
    jobs = _personalize_arn(scope, "dataset-import-job/*")
    return [
        iam.PolicyStatement(
            sid="DescribeImportJobs",
            actions=["personalize:DescribeDatasetImportJob", "personalize:ListTagsForResource"],
            resources=[jobs],
        ),
        iam.PolicyStatement(
            sid="CreateImportJobs",
            # Personalize authorizes both resources: the target dataset and the new job.
            actions=["personalize:CreateDatasetImportJob"],
            resources=[datasets, jobs],
        ),
        iam.PolicyStatement(
            sid="TagImportJobs",
            actions=["personalize:TagResource", "personalize:UntagResource"],
            resources=[jobs],
        ),
        iam.PolicyStatement(sid="DescribeDatasets", actions=["personalize:DescribeDataset"], resources=[datasets]),
        iam.PolicyStatement(
            sid="ListImportJobs",
            # List actions support no resource types.
            actions=["personalize:ListDatasetImportJobs"],
            resources=["*"],
        ),
    ]


def pass_role_statement(role_arns: Sequence[str], *, sid: str | None = None) -> iam.PolicyStatement:
    """Allow a function to pass roles to Personalize, and to no other service."""
    return iam.PolicyStatement(
        sid=sid,
        actions=["iam:PassRole"],
        resources=list(role_arns),
        conditions={"StringEquals": {"iam:PassedToService": PERSONALIZE_SERVICE_PRINCIPAL}},
    )


def pass_import_roles_statement(role_arns: Sequence[str]) -> iam.PolicyStatement:
    """Allow a function to pass all import roles under some paths, however many roles there are."""
    return pass_role_statement(role_arns, sid="PassImportRoles")


def assume_role_statement(role_arns: Sequence[str], *, sid: str | None = None) -> iam.PolicyStatement:
    """Allow a function to assume roles for preflight. Each role must also trust the role of the function."""
    return iam.PolicyStatement(sid=sid, actions=["sts:AssumeRole"], resources=list(role_arns))


def assume_import_roles_statement(role_arns: Sequence[str]) -> iam.PolicyStatement:
    """Allow a function to assume all import roles under some paths."""
    return assume_role_statement(role_arns, sid="AssumeImportRoles")


def describe_schemas_statement(scope: Construct) -> iam.PolicyStatement:
    """Allow a function to read the schemas of datasets."""
    schemas = _personalize_arn(scope, "schema/*")
    return iam.PolicyStatement(sid="DescribeSchemas", actions=["personalize:DescribeSchema"], resources=[schemas])


def describe_stacks_statement(scope: Construct) -> iam.PolicyStatement:
    """Allow a function to find the parent of a nested stack, and to check whether a stack is rolled back."""
    stacks = stack_of(scope).format_arn(service="cloudformation", resource="stack", resource_name="*")
    return iam.PolicyStatement(sid="DescribeStacks", actions=["cloudformation:DescribeStacks"], resources=[stacks])


def list_executions_statement(state_machine_arn: str) -> iam.PolicyStatement:
    """Allow a function to list the executions of a state machine: their names and times, not their input."""
    return iam.PolicyStatement(sid="ListExecutions", actions=["states:ListExecutions"], resources=[state_machine_arn])


def put_events_statement(scope: Construct) -> iam.PolicyStatement:
    """Allow a function to send events to the default event bus, only with the source of this library."""
    bus = stack_of(scope).format_arn(service="events", resource="event-bus", resource_name="default")
    return iam.PolicyStatement(
        sid="PutStateChangeEvents",
        actions=["events:PutEvents"],
        resources=[bus],
        # The key has a value for each event of a request:
        # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
        conditions={"ForAllValues:StringEquals": {"events:source": EVENT_SOURCE}},
    )


def staging_bucket_statements(bucket: "cdk.aws_s3.IBucket") -> list[iam.PolicyStatement]:
    """Allow a function to fill and empty the staging bucket, but not to read its objects."""
    objects = bucket.arn_for_objects("*")
    return [
        iam.PolicyStatement(sid="PutStagedData", actions=["s3:PutObject"], resources=[objects]),
        # Any deletion needs both: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
        iam.PolicyStatement(
            sid="DeleteStagedData", actions=["s3:DeleteObject", "s3:DeleteObjectVersion"], resources=[objects]
        ),
        iam.PolicyStatement(sid="ListStagedData", actions=["s3:ListBucketVersions"], resources=[bucket.bucket_arn]),
    ]


def asset_statements(scope: Construct, bucket_name: str) -> list[iam.PolicyStatement]:
    """Allow a function to copy any CSV asset: a rollback needs files that are no longer in the template."""
    bucket = stack_of(scope).format_arn(service="s3", region="", account="", resource=bucket_name)
    files = f"{bucket}/*.csv"
    return [
        iam.PolicyStatement(sid="GetAssetFiles", actions=["s3:GetObject"], resources=[files]),
        # Without this permission, S3 returns 403 instead of 404 for an object that doesn't exist.
        iam.PolicyStatement(sid="ListAssetFiles", actions=["s3:ListBucket"], resources=[bucket]),
    ]


def encrypt_logs_statement(scope: Construct) -> iam.PolicyStatement:
    """Allow CloudWatch Logs to use a key.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    stack = stack_of(scope)
    log_groups = stack.format_arn(
        service="logs", resource="log-group", resource_name="*", arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME
    )
    return iam.PolicyStatement(
        principals=[iam.ServicePrincipal(f"logs.{stack.region}.amazonaws.com")],
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
        conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": log_groups}},
    )


def vpc_policies() -> list[iam.IManagedPolicy]:
    """Return the AWS managed policy that allows a function to create network interfaces in a VPC.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
    """
    return [iam.ManagedPolicy.from_aws_managed_policy_name("service-role/AWSLambdaVPCAccessExecutionRole")]


def trace_statement() -> iam.PolicyStatement:
    """Allow a state machine to send traces to X-Ray.

    https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html
    """
    return iam.PolicyStatement(
        sid="Trace",
        # The actions of X-Ray support no resource types.
        actions=[
            "xray:GetSamplingRules",
            "xray:GetSamplingTargets",
            "xray:PutTelemetryRecords",
            "xray:PutTraceSegments",
        ],
        resources=["*"],
    )


def document(sid: str, actions: list[str], resource: str) -> iam.PolicyDocument:
    """Create a policy document with one statement."""
    return iam.PolicyDocument(statements=[iam.PolicyStatement(sid=sid, actions=actions, resources=[resource])])


def roles_arn(scope: Construct, path: str) -> str:
    """Return an ARN pattern for all roles under a path."""
    # The path may be a token, so the ARN format must not split it.
    return stack_of(scope).format_arn(
        service="iam", region="", resource=f"role{path}*", arn_format=cdk.ArnFormat.NO_RESOURCE_NAME
    )


def _personalize_arn(scope: Construct, resource: str) -> str:
    return stack_of(scope).format_arn(service="personalize", resource=resource)
