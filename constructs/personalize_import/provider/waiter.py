"""The waiter: a state machine that invokes IsComplete until the request is complete, and waits between two polls."""

from typing import Final

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from personalize_import import suppressions
from personalize_import.policies.documents import document
from personalize_import.provider import permissions
from personalize_import.synthesis.stack_environment import stack_of
from personalize_import_handler.contract import refresh_event
from personalize_import_handler.contract.statements import statement

_SECONDS_AFTER_ERROR: Final = 15
_ATTEMPTS_AFTER_ERROR: Final = 240
"""An hour of failing polls, if each fails at once."""


def create_state_machine(scope: Construct, is_complete: lambda_.IFunction, *, tracing: bool) -> sfn.CfnStateMachine:
    """Create the state machine, with a role that may invoke one function."""
    is_complete_arn = is_complete.function_arn
    invoke = statement("lambda:InvokeFunction", is_complete_arn, sid="InvokeIsComplete")
    documents = {"Poll": document(invoke)}
    if tracing:
        documents["Trace"] = document(permissions.trace_statement())
    role = iam.Role(
        scope, "WaiterRole", assumed_by=iam.ServicePrincipal("states.amazonaws.com"), inline_policies=documents
    )
    waiter = sfn.CfnStateMachine(
        scope,
        "Waiter",
        role_arn=role.role_arn,
        definition_string=stack_of(scope).to_json_string(state_machine_definition(is_complete_arn)),
        tracing_configuration=sfn.CfnStateMachine.TracingConfigurationProperty(enabled=True) if tracing else None,
    )
    suppressions.suppress_state_machine(waiter, tracing=tracing)
    if tracing:
        suppressions.suppress_traces(role)
    return waiter


def allow_listing_executions(scope: Construct, state_machine_arn: str, role: iam.IRole) -> iam.Policy:
    """Allow the function that the state machine invokes to list its executions.

    This can't be an inline policy of the role: the state machine is created after the function, so after the role.
    """
    list_executions = permissions.list_executions_statement(state_machine_arn)
    # The id predates other names: the executions show whether there is a later request.
    policy = iam.Policy(scope, "SeeLaterRequests", document=document(list_executions))
    role.attach_inline_policy(policy)  # the argument `roles` ignores `Role.customize_roles`
    return policy


def state_machine_definition(is_complete_arn: str) -> dict[str, object]:
    """Return the definition of the state machine: wait, poll, and repeat until IsComplete returns that it is done.

    IsComplete returns how long to wait before the next poll. A poll that fails for any reason is repeated after a fixed
    time: the function may have been killed, throttled or timed out. The time is fixed because IsComplete may have asked
    for no wait at all, and the history of an execution has a limit of events. Executions that are running keep the
    definition with which they were started:
    https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html
    """
    return {
        "Comment": "Polls a dataset import job until the response to CloudFormation is sent or the refresh has ended",
        "StartAt": "Wait",
        "TimeoutSeconds": refresh_event.EXECUTION_SECONDS_MAX,
        "States": {
            "Wait": {"Type": "Wait", "SecondsPath": "$.WaitSeconds", "Next": "Poll"},
            "Poll": {
                "Type": "Task",
                "Resource": is_complete_arn,
                "Retry": [
                    {
                        "ErrorEquals": ["States.ALL"],
                        "IntervalSeconds": _SECONDS_AFTER_ERROR,
                        "BackoffRate": 1,
                        "MaxAttempts": _ATTEMPTS_AFTER_ERROR,
                    }
                ],
                "Next": "IsComplete?",
            },
            "IsComplete?": {
                "Type": "Choice",
                "Choices": [
                    {"Variable": "$.Error", "IsPresent": True, "Next": "Failed"},
                    {"Variable": "$.IsComplete", "BooleanEquals": True, "Next": "Done"},
                ],
                "Default": "Wait",
            },
            "Done": {"Type": "Succeed"},
            "Failed": {"Type": "Fail", "ErrorPath": "$.Error", "CausePath": "$.Cause"},
        },
    }
