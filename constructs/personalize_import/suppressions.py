"""What cdk-nag finds in what this library makes, and why it is so.

The rules: https://github.com/cdklabs/cdk-nag/blob/main/RULES.md#aws-solutions. Each reason goes into the template, and
docs/security.md has the answers to what other rule packs find.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from constructs import IConstruct

from personalize_import.nag_suppressions import Acceptance, accept

if TYPE_CHECKING:  # for annotations alone: each module of the CDK costs time
    from aws_cdk import aws_s3 as s3

_WILDCARD: Final = "AwsSolutions-IAM5"
_ACCESS_LOGS: Final = "AwsSolutions-S1"
_LATEST_RUNTIME: Final = "AwsSolutions-L1"
_LOGS_ALL_EVENTS: Final = "AwsSolutions-SF1"
_TRACED: Final = "AwsSolutions-SF2"
_DATA_REASON: Final = "All objects below the folder that the job imports: which files there are is known to S3 only."
# By the sid of the statement whose resources have the wildcard.
_WILDCARD_REASONS: Final = {
    "CreateImportJobs": "The datasets and import jobs of this account and Region: a job gets its name when it starts, "
    "and the ARN of a dataset may be known at deploy time only.",
    "ListImportJobs": "personalize:ListDatasetImportJobs, which is the only action of this statement, supports no "
    "resource types.",
    "DescribeStacks": "The stacks of this account and Region: any of them may use this provider, and stacks get their "
    "ids when they are created.",
    "PassImportRoles": "The import roles of the stacks that use this provider: only import roles are under these "
    "paths, and they can be passed to Amazon Personalize and to no other service.",
    "AssumeImportRoles": "The import roles of the stacks that use this provider: only import roles are under these "
    "paths. Each one trusts the function only if its job uses preflight, and allows it to read that data only.",
    "DescribeSchemas": "The schemas of this account and Region: the ARN of a dataset does not contain the ARN of its "
    "schema.",
    "PutStagedData": "All objects of the staging bucket of this stack, which contains copied asset files only; their "
    "keys contain the hash of their content.",
    "DeleteStagedData": "All objects of the staging bucket of this stack, which contains copied asset files only; it "
    "is emptied before it is deleted.",
    "GetAssetFiles": "The CSV files in the bucket of CDK assets of this account and Region: a rollback needs the files "
    "of an earlier deployment, whose keys are no longer in the template.",
}


def accept_data_of_job(role: iam.CfnRole | None, objects_arn: str) -> None:
    """Say why the role of a job may read all below a folder."""
    accept(role, Acceptance(_WILDCARD, _DATA_REASON, [objects_arn]), is_new=True)


def accept_data_of_policy(policy: iam.Policy, objects_arn: str) -> None:
    """Suppress the finding that a policy of several jobs allows reading everything below a folder."""
    accept(_resource_of(policy), Acceptance(_WILDCARD, _DATA_REASON, [objects_arn]))


def accept_wildcards(holder: iam.IRole | iam.Policy | None, statements: Sequence[iam.PolicyStatement]) -> None:
    """Say why resources of a function's statements have wildcards; those of no other statement are accepted."""
    acceptances = [
        Acceptance(_WILDCARD, _WILDCARD_REASONS[statement.sid], statement.resources)
        for statement in statements
        if statement.sid in _WILDCARD_REASONS
    ]
    accept(_resource_of(holder), *acceptances)


def accept_no_access_logs(bucket: "s3.Bucket") -> None:
    """Say why the data bucket has no access logs."""
    reason = (
        "Who may read the bucket is in its policy: Amazon Personalize, for each import. It holds copies of the "
        "app's files, for a month. A bucket for the logs would outlive the stack, or be lost with it."
    )
    accept(_resource_of(bucket), Acceptance(_ACCESS_LOGS, reason))


def accept_runtime(function: lambda_.Function) -> None:
    """Say why the function's runtime isn't the latest."""
    reason = (
        "Python 3.13 is supported by Lambda until 2029, and it is the version that the handler is tested with. A newer "
        "one comes with a release of this library, not with a release of the rule."
    )
    accept(_resource_of(function), Acceptance(_LATEST_RUNTIME, reason))


def accept_traces(role: iam.IRole | None) -> None:
    """Say why a role that may write traces, by its default policy or an inline one, may do so on all resources."""
    policy = role.node.try_find_child("DefaultPolicy") if role else None
    reason = "The actions of X-Ray, which are allowed because traces were asked for, support no resource types."
    accept(_resource_of(policy or role), Acceptance(_WILDCARD, reason, ["*"]))


def accept_waiter(waiter: sfn.CfnStateMachine, *, tracing: bool) -> None:
    """Say why the waiter writes no logs, and no traces unless they are asked for."""
    logs = (
        "To log its events the waiter would need eight actions on every log group of the account, for log delivery "
        "supports no resource types. Step Functions keeps the history of each execution for 90 days, and the function "
        "that it invokes logs what it does."
    )
    traces = (
        "The waiter waits and invokes one function, whose logs tell of each invocation. The actions of X-Ray that it "
        "would need support no resource types."
    )
    accepted = [Acceptance(_LOGS_ALL_EVENTS, logs), Acceptance(_TRACED, traces)]
    accept(waiter, *accepted[: 1 if tracing else 2])


def _resource_of(construct: IConstruct | None) -> cdk.CfnResource | None:
    # A role that Role.customize_roles has replaced has no resource.
    return cast("cdk.CfnResource | None", construct.node.default_child) if construct else None
