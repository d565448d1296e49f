"""EventBridge Scheduler on the simulated clock: times, roles and payloads of schedules.

ministack fires schedules in real time and in UTC, ignores their roles, and loses properties of CloudFormation's type.

- The role must trust `scheduler.amazonaws.com`, when the schedule is created or updated and when it fires, and allow
  the action of the target. A condition on `aws:SourceArn` is compared with the ARN of the schedule's group:
  https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html#setting-up-execution-role
  https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
- Keywords in the payload are replaced:
  https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
- A flexible time window starts at the scheduled time; here the target is invoked at its beginning.

Not supported: universal targets, the retry policy and the dead-letter queue of a target. An invocation that is denied
is logged. On AWS it is repeated for up to 24 hours, and then sent to the queue.
"""

import json
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from ministack.core import responses
from ministack.services import eventbridge, scheduler
from ministack.services.cloudformation import provisioners

from personalize_local.ministack.patches.schedule_times import check_expression, is_over, times_between
from personalize_local.ministack.role_policies import action_denial, trusts_service
from personalize_local.personalize.arns import parse_arn
from personalize_local.personalize.clock import Clock

logger = logging.getLogger(__name__)

_ACTIONS: Final = {
    "events": "events:PutEvents",
    "lambda": "lambda:InvokeFunction",
    "sns": "sns:Publish",
    "sqs": "sqs:SendMessage",
    "states": "states:StartExecution",
}
_NOT_ASSUMABLE: Final = "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
_OK: Final = 200

Response = tuple[int, dict[str, str], bytes]


def run_schedules(clock: Clock) -> None:
    """Create schedules with all their properties, and fire them by the simulated clock."""
    scheduler._now = clock.now  # noqa: SLF001
    scheduler._create_schedule = _checked(scheduler._create_schedule)  # noqa: SLF001
    scheduler._update_schedule = _checked(scheduler._update_schedule)  # noqa: SLF001
    handlers = provisioners._RESOURCE_HANDLERS["AWS::Scheduler::Schedule"]  # noqa: SLF001
    handlers["create"], handlers["update"] = _create_resource, _update_resource
    scheduler._tick_schedules = _Ticks(clock).tick  # noqa: SLF001


def _checked(put: Callable[[str, dict[str, Any]], Response]) -> Callable[[str, dict[str, Any]], Response]:
    """Return a function that creates or updates a schedule if the service accepts its expression and role."""

    def put_checked(name: str, body: dict[str, Any]) -> Response:
        if body.get("ScheduleExpression") and (refusal := check_expression(body)):
            return _refused(refusal)
        role_arn = (body.get("Target") or {}).get("RoleArn")
        if role_arn and not _is_assumable(role_arn, body.get("GroupName") or "default"):
            return _refused(_NOT_ASSUMABLE)
        return put(name, body)

    return put_checked


def _refused(message: str) -> Response:
    return scheduler._error(400, "ValidationException", message)  # type: ignore[no-any-return]  # noqa: SLF001


def _is_assumable(role_arn: str, group: str) -> bool:
    account, group_arn = responses.get_account_id(), scheduler._group_arn(group)  # noqa: SLF001
    return trusts_service(role_arn, "scheduler.amazonaws.com", account, group_arn)


def _create_resource(logical_id: str, props: dict[str, Any], stack_name: str) -> tuple[str, dict[str, str]]:
    name = props.get("Name") or provisioners._physical_name(stack_name, logical_id, max_len=64)  # noqa: SLF001
    return name, _put(scheduler._create_schedule, name, props)  # noqa: SLF001


def _update_resource(
    physical_id: str, _old_props: dict[str, Any], new_props: dict[str, Any], stack_name: str
) -> tuple[str, dict[str, str]]:
    if new_props.get("Name", physical_id) != physical_id:
        return _create_resource(physical_id, new_props, stack_name)
    return physical_id, _put(scheduler._update_schedule, physical_id, new_props)  # noqa: SLF001


def _put(put: Callable[[str, dict[str, Any]], Response], name: str, props: dict[str, Any]) -> dict[str, str]:
    """Create or update a schedule, and return the attributes of the resource."""
    status, _headers, body = put(name, props)
    response = json.loads(body)
    if status != _OK:
        raise ValueError(response["Message"])
    return {"Arn": response["ScheduleArn"]}


class _Ticks:
    """The time up to which schedules have fired."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._fired_until: float | None = None

    def tick(self) -> None:
        """Fire each schedule for the times that have passed since the last tick."""
        now = self._clock.now()
        since, self._fired_until = self._fired_until or now, now
        for (account, region, key), schedule in list(scheduler._schedules._data.items()):  # noqa: SLF001
            responses.set_request_account_id(account)
            responses.set_request_region(region)
            if schedule["State"] == "ENABLED":
                for time in times_between(schedule, max(since, schedule["LastModificationDate"]), now):
                    _fire(schedule, time)
            if schedule["ActionAfterCompletion"] == "DELETE" and is_over(schedule, now):
                scheduler._schedules.pop(key, None)  # noqa: SLF001


def _fire(schedule: Mapping[str, Any], time: float) -> None:
    """Invoke the target of a schedule, with the permissions of its role."""
    target, arn = schedule["Target"], schedule["Arn"]
    if not _is_assumable(target["RoleArn"], schedule["GroupName"]):
        logger.warning("%s: %s can't be assumed", arn, target["RoleArn"])
        return
    action = _ACTIONS.get(parse_arn(target["Arn"])["service"])
    if action and (denial := action_denial(target["RoleArn"], action, target["Arn"])):
        logger.warning("%s: %s", arn, denial)
        return
    event = {
        "EventId": str(uuid4()),
        "Source": "aws.scheduler",
        "DetailType": "Scheduled Event",
        "Detail": "{}",
        "Time": int(time),
        "Resources": [arn],
        "Account": responses.get_account_id(),
        "Region": responses.get_region(),
    }
    payload = {"Input": _payload(target["Input"], arn, time)} if target.get("Input") else {}
    eventbridge._invoke_target({**target, **payload}, event, schedule)  # noqa: SLF001


def _payload(text: str, schedule_arn: str, time: float) -> str:
    values = {
        "schedule-arn": schedule_arn,
        "scheduled-time": f"{datetime.fromtimestamp(time, UTC):%Y-%m-%dT%H:%M:%SZ}",
        "execution-id": uuid4().hex[:16],
        "attempt-number": "1",
    }
    for name, value in values.items():
        text = text.replace(f"<aws.scheduler.{name}>", value)
    return text
