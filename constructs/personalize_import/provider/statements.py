"""What the provider's functions may do: one statement for each need, with the resources that it needs.

Actions and their resources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonpersonalize.html
"""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from personalize_import.synthesis.environment import stack_of
from personalize_import_handler.contract import EVENT_SOURCE, PERSONALIZE_SERVICE_PRINCIPAL


def personalize_statements(scope: Construct) -> list[iam.PolicyStatement]:
    """Let a function find, start, watch and tag import jobs of this account and Region."""
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
            # The service checks both: the dataset that is imported into, and the job to be.
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
            # List actions know no resources.
            actions=["personalize:ListDatasetImportJobs"],
            resources=["*"],
        ),
    ]


def pass_role_statement(role_arns: Sequence[str], *, sid: str | None = None) -> iam.PolicyStatement:
    """Let a function pass roles, and to Personalize only."""
    return iam.PolicyStatement(
        sid=sid,
        actions=["iam:PassRole"],
        resources=list(role_arns),
        conditions={"StringEquals": {"iam:PassedToService": PERSONALIZE_SERVICE_PRINCIPAL}},
    )


def pass_import_roles_statement(role_arns: Sequence[str]) -> iam.PolicyStatement:
    """Let a function pass all import roles of some stacks: by their path, so that it doesn't grow with their number."""
    return pass_role_statement(role_arns, sid="PassImportRoles")


def assume_role_statement(role_arns: Sequence[str], *, sid: str | None = None) -> iam.PolicyStatement:
    """Let a function take on roles to look at data: those of them that trust it."""
    return iam.PolicyStatement(sid=sid, actions=["sts:AssumeRole"], resources=list(role_arns))


def assume_import_roles_statement(role_arns: Sequence[str]) -> iam.PolicyStatement:
    """Let a function take on all import roles of some stacks."""
    return assume_role_statement(role_arns, sid="AssumeImportRoles")


def describe_schemas_statement(scope: Construct) -> iam.PolicyStatement:
    """Let a function read the schema that a dataset has."""
    schemas = _personalize_arn(scope, "schema/*")
    return iam.PolicyStatement(sid="DescribeSchemas", actions=["personalize:DescribeSchema"], resources=[schemas])


def describe_stacks_statement(scope: Construct) -> iam.PolicyStatement:
    """Allow a function to see which stack a stack is nested in, and whether it is rolled back."""
    stacks = stack_of(scope).format_arn(service="cloudformation", resource="stack", resource_name="*")
    return iam.PolicyStatement(sid="DescribeStacks", actions=["cloudformation:DescribeStacks"], resources=[stacks])


def list_executions_statement(state_machine_arn: str) -> iam.PolicyStatement:
    """Allow a function to list the executions of a state machine: their names and times, not their input."""
    return iam.PolicyStatement(sid="ListExecutions", actions=["states:ListExecutions"], resources=[state_machine_arn])


def put_events_statement(scope: Construct) -> iam.PolicyStatement:
    """Let a function put events on the default event bus, from its own source alone."""
    bus = stack_of(scope).format_arn(service="events", resource="event-bus", resource_name="default")
    return iam.PolicyStatement(
        sid="PutStateChangeEvents",
        actions=["events:PutEvents"],
        resources=[bus],
        # The key has a value for each event of a request:
        # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
        conditions={"ForAllValues:StringEquals": {"events:source": EVENT_SOURCE}},
    )


def staging_bucket_statements(bucket: s3.IBucket) -> list[iam.PolicyStatement]:
    """Let a function fill and empty the data bucket; it can't read what is there."""
    objects = bucket.arn_for_objects("*")
    return [
        iam.PolicyStatement(sid="PutStagedData", actions=["s3:PutObject"], resources=[objects]),
        # Both, whatever it is that is deleted: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
        iam.PolicyStatement(
            sid="DeleteStagedData", actions=["s3:DeleteObject", "s3:DeleteObjectVersion"], resources=[objects]
        ),
        iam.PolicyStatement(sid="ListStagedData", actions=["s3:ListBucketVersions"], resources=[bucket.bucket_arn]),
    ]


def asset_statements(scope: Construct, bucket_name: str) -> list[iam.PolicyStatement]:
    """Let a function copy the data that the CDK has shipped: not by name, for a rollback asks for that of before."""
    bucket = stack_of(scope).format_arn(service="s3", region="", account="", resource=bucket_name)
    files = f"{bucket}/*.csv"
    return [
        iam.PolicyStatement(sid="GetAssetFiles", actions=["s3:GetObject"], resources=[files]),
        # Without this, a file that is gone could not be told from one that is not to be read.
        iam.PolicyStatement(sid="ListAssetFiles", actions=["s3:ListBucket"], resources=[bucket]),
    ]


def encrypt_logs_statement(scope: Construct) -> iam.PolicyStatement:
    """Let CloudWatch Logs use a key: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html."""
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
        # The log group can't be named: it names the key.
        conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": log_groups}},
    )


def vpc_policies() -> list[iam.IManagedPolicy]:
    """Let a function have network interfaces, for which Lambda has a policy of its own.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
    """
    return [iam.ManagedPolicy.from_aws_managed_policy_name("service-role/AWSLambdaVPCAccessExecutionRole")]


def trace_statement() -> iam.PolicyStatement:
    """Let a state machine be traced: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html."""
    return iam.PolicyStatement(
        sid="Trace",
        # X-Ray's actions know no resources.
        actions=[
            "xray:GetSamplingRules",
            "xray:GetSamplingTargets",
            "xray:PutTelemetryRecords",
            "xray:PutTraceSegments",
        ],
        resources=["*"],
    )


def document(sid: str, actions: list[str], resource: str) -> iam.PolicyDocument:
    """Make a document of one statement."""
    return iam.PolicyDocument(statements=[iam.PolicyStatement(sid=sid, actions=actions, resources=[resource])])


def roles_arn(scope: Construct, path: str) -> str:
    """Give a pattern for all roles below a path."""
    # The path may be a token, so it isn't taken apart.
    return stack_of(scope).format_arn(
        service="iam", region="", resource=f"role{path}*", arn_format=cdk.ArnFormat.NO_RESOURCE_NAME
    )


def _personalize_arn(scope: Construct, resource: str) -> str:
    return stack_of(scope).format_arn(service="personalize", resource=resource)
