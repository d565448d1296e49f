"""Suppressions of cdk-nag findings about the resources that this library creates, each with its reason.

The rules: https://github.com/cdklabs/cdk-nag/blob/main/RULES.md#aws-solutions. docs/security.md explains the findings
of other rule packs. cdk-nag reads the suppressions of a resource from the metadata of constructs, its own and those
that contain it, so nothing here needs cdk-nag:
https://docs.aws.amazon.com/cdk/api/v2/python/aws_cdk/Validations.html.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from constructs import IConstruct

from personalize_import.policies.documents import resources_of
from personalize_import.synthesis.at_synthesis import at_synthesis
from personalize_import.synthesis.intrinsics import Intrinsics
from personalize_import.synthesis.stack_environment import environment_of, may_have_token, node_of, stack_of
from personalize_import_handler.contract.statements import Statement

# Validations.acknowledge can't be used: it rejects ids with single brackets, and changes ids with spaces. Object keys
# may contain both. This is its ACKNOWLEDGED_RULES_METADATA_KEY, which CDK versions before 2.255 don't have.
_ACKNOWLEDGED: Final = "aws:cdk:acknowledged-rules"
_WILDCARD: Final = "AwsSolutions-IAM5"
_ACCESS_LOGS: Final = "AwsSolutions-S1"
_LATEST_RUNTIME: Final = "AwsSolutions-L1"
_LOGS_ALL_EVENTS: Final = "AwsSolutions-SF1"
_TRACED: Final = "AwsSolutions-SF2"
_DATA_REASON: Final = "All objects under the prefix that the job imports: only S3 knows which files there are."
_STAGED_REASON: Final = (
    "All objects of the staging bucket of this stack, which contains copied asset files only; their keys contain the "
    "hash of their content. The bucket is emptied before it is deleted."
)
# Reasons by the Sid of the statement.
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
    "paths. Each one trusts the function only if its job uses preflight or compares files, and allows it to read that "
    "data only.",
    "DescribeSchemas": "The schemas of this account and Region: the ARN of a dataset does not contain the ARN of its "
    "schema.",
    "PutStagedData": _STAGED_REASON,
    "DeleteStagedData": _STAGED_REASON,
    "GetAssetFiles": "The CSV files in the bucket of CDK assets of this account and Region: a rollback needs the files "
    "of an earlier deployment, whose keys are no longer in the template.",
}


def suppress(construct: IConstruct, reasons: Mapping[str, str]) -> None:
    """Suppress the findings of rules about a construct and the resources in it, each with its reason."""
    if reasons:
        node_of(construct).add_metadata(_ACKNOWLEDGED, reasons)


def suppress_data_of_job(holder: iam.Role | iam.Policy, objects_arn: str) -> None:
    """Suppress the finding that an import role, or a policy of several jobs, allows reading all objects of a prefix."""
    _suppress_wildcards(holder, {objects_arn: _DATA_REASON})


def suppress_wildcards(holder: iam.IRole | iam.Policy | None, statements: Iterable[Statement]) -> None:
    """Suppress the findings about wildcards in a provider's statements, if their Sid has a reason."""
    reasons = {
        arn: _WILDCARD_REASONS[each["Sid"]]
        for each in statements
        if each.get("Sid") in _WILDCARD_REASONS
        for arn in resources_of(each)
    }
    if holder:
        _suppress_wildcards(holder, reasons)


def suppress_access_logs(bucket: IConstruct) -> None:
    """Suppress the finding that the staging bucket has no access logs."""
    reason = (
        "Only Amazon Personalize may read the bucket, as its policy says. It contains copies of the app's files, for a "
        "month. A bucket for the logs would outlive the stack, or be deleted with it."
    )
    suppress(bucket, {_ACCESS_LOGS: reason})


def suppress_runtime(function: lambda_.Function) -> None:
    """Suppress the finding that the function's runtime isn't the latest."""
    reason = (
        "Lambda supports Python 3.13 until 2029, and the handler is tested with it. A newer version comes with a "
        "release of this library, not with a release of the rule."
    )
    suppress(function, {_LATEST_RUNTIME: reason})


def suppress_traces(role: iam.Role) -> None:
    """Suppress the finding that a role may write traces, by its default policy or an inline one, on all resources."""
    reason = "The actions of X-Ray, which are allowed because tracing is enabled, support no resource types."
    _suppress_wildcards(role, {"*": reason})


def suppress_state_machine(state_machine: sfn.CfnStateMachine, *, tracing: bool) -> None:
    """Suppress the findings that the state machine writes no logs, and no traces unless tracing is enabled."""
    logs = (
        "To log its events the state machine would need eight actions on every log group of the account, because log "
        "delivery supports no resource types. Step Functions keeps the history of each execution for 90 days, and the "
        "function that it invokes writes logs."
    )
    traces = (
        "The state machine waits and invokes one function, which logs each invocation. The actions of X-Ray that it "
        "would need support no resource types."
    )
    suppress(state_machine, {_LOGS_ALL_EVENTS: logs} | ({} if tracing else {_TRACED: traces}))


def _suppress_wildcards(holder: IConstruct, reasons: Mapping[str, str]) -> None:
    """Suppress the findings about the ARNs that have a wildcard, and about no others; each ARN has its reason.

    An ARN of another stack changes when the CDK resolves the references between stacks, which it does before synthesis.
    """
    known = environment_of(holder)
    # Lists, because jsii doesn't take tuples.
    written = [[known.written(arn, lambda name: f"<{name}>"), reason] for arn, reason in reasons.items()]
    _suppress_arns(holder, [each for each in written if not may_have_token(each[0])])
    if tokens := [each for each in written if may_have_token(each[0])]:
        at_synthesis(holder, lambda: _suppress_arns(holder, stack_of(holder).resolve(tokens)))


def _suppress_arns(holder: IConstruct, reasons: Iterable[Sequence[object]]) -> None:
    """Suppress the findings about wildcards in pairs of an ARN and the reason."""
    flat = [(str(_AS_IN_CDK_NAG.flatten(arn)), str(reason)) for arn, reason in reasons]
    suppress(holder, {f"{_WILDCARD}[Resource::{arn}]": reason for arn, reason in flat if "*" in arn})


def _function_in_cdk_nag(function: dict[str, object]) -> str:
    match function:
        case {"Fn::ImportValue": name}:
            return str(_AS_IN_CDK_NAG.flatten(name))
    return json.dumps(function, separators=(",", ":"), ensure_ascii=False)


# https://github.com/cdklabs/cdk-nag/blob/main/src/utils/flatten-cfn-reference.ts
_AS_IN_CDK_NAG: Final = Intrinsics(
    ref=lambda name: f"<{name}>",
    get_att=lambda name, attribute: f"<{name}.{attribute}>",
    function=_function_in_cdk_nag,
    text=lambda text: text.replace("${", "<").replace("}", ">"),
)
