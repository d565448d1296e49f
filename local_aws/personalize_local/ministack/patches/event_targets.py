"""Functions as targets of EventBridge rules: the function's policy, and retries.

EventBridge invokes a function asynchronously, and only if the function's policy allows it to the rule:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
https://docs.aws.amazon.com/lambda/latest/dg/services-cloudwatchevents.html
ministack invokes every function, once. On AWS, an invocation that is denied only counts in the metric
`FailedInvocations`; here it is logged.
"""

import json
import logging
from contextvars import ContextVar
from typing import Any, Final

from ministack.core import responses
from ministack.services import eventbridge, lambda_svc

from personalize_local.ministack.role_policies import allows, service_context
from personalize_local.personalize.arns import parse_arn

logger = logging.getLogger(__name__)

_SOURCE: Final[ContextVar[str]] = ContextVar("_SOURCE")
"""The ARN of the rule or schedule whose target is being invoked."""


def require_permissions_of_rules() -> None:
    """Invoke a rule's function asynchronously if its policy allows that."""
    invoke = eventbridge._invoke_target  # noqa: SLF001

    def invoke_target(target: Any, event: Any, rule: dict[str, Any], view: Any = None) -> None:  # noqa: ANN401 - JSON
        token = _SOURCE.set(rule["Arn"])
        try:
            invoke(target, event, rule, view)
        finally:
            _SOURCE.reset(token)

    eventbridge._invoke_target = invoke_target  # noqa: SLF001
    eventbridge._dispatch_to_lambda = _dispatch_to_lambda  # noqa: SLF001


def _dispatch_to_lambda(arn: str, payload: str) -> None:
    source = _SOURCE.get()
    function, config, _name = lambda_svc._get_func_record_for_ref(arn)  # noqa: SLF001
    if not function or not config:
        logger.warning("%s: function %s not found", source, arn)
    elif not _is_allowed(function, config["FunctionArn"], source):
        logger.warning("%s: not authorized to invoke %s because its policy doesn't allow it", source, arn)
    else:
        record = lambda_svc._execution_record_for_config(function, config)  # noqa: SLF001
        lambda_svc.invoke_async_with_retry(record, json.loads(payload))


def _is_allowed(function: dict[str, Any], arn: str, source: str) -> bool:
    """Return whether the function's policy allows the rule; a schedule is limited by its role instead."""
    if parse_arn(source)["service"] != "events":
        return True
    account = responses.get_account_id()
    context = service_context("events.amazonaws.com", "lambda:InvokeFunction", arn, account, source)
    return allows(function["policy"], context)
