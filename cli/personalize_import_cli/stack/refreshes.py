"""The refreshes of a stack's imports: the last one and its result, and when the next one is due."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from botocore.exceptions import ClientError

from personalize_import_cli.aws_errors import is_denied, is_temporary
from personalize_import_cli.stack.client import StackResource
from personalize_import_cli.stack.next_run import next_run
from personalize_import_cli.stack.status import RefreshState, RefreshStatus, moment
from personalize_import_cli.stack.trigger_client import IS_REFRESH, Trigger, TriggerClient, json_of
from personalize_import_handler.request.execution import refresh_name_of, resource_hash

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions.type_defs import DescribeExecutionOutputTypeDef

SCHEDULE_TYPE: Final = "AWS::Scheduler::Schedule"
RULE_TYPE: Final = "AWS::Events::Rule"
_LOGICAL_ID: Final = re.compile(r'"LogicalResourceId": ?"(\w+)"')
SERVICES: Final = {
    "GetSchedule": "scheduler",
    "DescribeRule": "events",
    "ListTargetsByRule": "events",
    "GetFunctionConfiguration": "lambda",
    "ListExecutions": "states",
    "DescribeExecution": "states",
}
"""The operations, with the prefix of their actions in IAM."""


class TriggerResource(NamedTuple):
    """A rule or a schedule of a stack that requests refreshes of an import."""

    stack_id: str
    import_id: str
    """The logical id of the import."""
    import_name: str
    resource_type: str
    physical_id: str
    group_name: str
    """The group of a schedule; empty if it can't be determined from the template."""


def trigger_resources(
    stack_id: str, template: Mapping[str, Any], resources: Iterable[StackResource], names: Mapping[str, str]
) -> Iterator[TriggerResource]:
    """Yield the triggers in the template of a stack; `names` has the names of its imports.

    A rule with several targets may refresh several imports.
    """
    physical_ids = {each.logical_id: each.physical_id for each in resources}
    for logical_id, resource in template.get("Resources", {}).items():
        if resource.get("Type") not in (SCHEDULE_TYPE, RULE_TYPE) or logical_id not in physical_ids:
            continue
        # The event is a JSON text in the template's JSON.
        text = json.dumps(resource.get("Properties", {})).replace("\\", "")
        for import_id in dict.fromkeys(_LOGICAL_ID.findall(text)) if IS_REFRESH.search(text) else ():
            group_name = _text_of(resource["Properties"].get("GroupName", "default"), physical_ids)
            yield TriggerResource(
                stack_id,
                import_id,
                names.get(import_id, import_id),
                resource["Type"],
                physical_ids[logical_id],
                group_name,
            )


def _text_of(value: object, physical_ids: Mapping[str, str]) -> str:
    match value:
        case str():
            return value
        case {"Ref": str(logical_id)}:
            return physical_ids.get(logical_id, "")
    return ""


def read_refreshes(client: TriggerClient, triggers: Sequence[TriggerResource], now: float) -> Iterator[RefreshStatus]:
    """Yield the refreshes of each import that has triggers."""
    reader = _Reader(client, now)
    for stack_id, import_id in dict.fromkeys((each.stack_id, each.import_id) for each in triggers):
        yield reader.refreshes([each for each in triggers if (each.stack_id, each.import_id) == (stack_id, import_id)])


class _Reader:
    def __init__(self, client: TriggerClient, now: float) -> None:
        self._client = client
        self._now = now
        self._state_machine_arn = cache(client.state_machine_arn)
        self._executions = cache(client.executions)

    def refreshes(self, triggers: Sequence[TriggerResource]) -> RefreshStatus:
        """Return the refreshes of one import, by its triggers."""
        first, functions, following = triggers[0], dict[str, None](), []
        for each in triggers:
            try:
                trigger = self._trigger(each)
                if trigger.function_arn:  # the rule may have been changed outside of the stack
                    functions[trigger.function_arn] = None
                following.append(self._next(trigger))
            except ClientError as error:
                following.append(f"unknown ({_reason(error)})")
        last = self._last(first, [*functions])
        return RefreshStatus(
            name=first.import_name,
            logical_id=first.import_id,
            state=last.state,
            requested_at=last.requested_at,
            job_arn=last.job_arn,
            imported_files=last.imported_files,
            reason=last.reason,
            next_refreshes=following,
        )

    def _trigger(self, resource: TriggerResource) -> Trigger:
        if resource.resource_type == SCHEDULE_TYPE:
            return self._client.schedule(resource.physical_id, resource.group_name)
        bus, _, name = resource.physical_id.rpartition("|")
        return self._client.rule(name, bus or "default")

    def _next(self, trigger: Trigger) -> str:
        if not trigger.is_enabled:
            return "disabled"
        if trigger.schedule is None:
            return "after uploads" if "aws.s3" in trigger.event_pattern else "after events"
        try:
            time = next_run(trigger.schedule, self._now)
        except (ValueError, KeyError):
            return str(trigger.schedule)
        return "none" if time is None else moment(time)

    def _last(self, trigger: TriggerResource, function_arns: Sequence[str]) -> "_Last":
        prefix = resource_hash(trigger.stack_id, trigger.import_id)
        if not function_arns:  # the reason is that of the trigger
            return _Last(RefreshState.UNKNOWN)
        try:
            for each in function_arns:
                for execution in self._executions(self._state_machine_arn(each)):
                    if execution["name"].startswith(prefix) and refresh_name_of(execution["name"]):
                        return _last_of(self._client.execution(execution["executionArn"]))
        except ClientError as error:
            return _Last(RefreshState.UNKNOWN, reason=_reason(error))
        return _Last(RefreshState.NONE)


@dataclass(frozen=True)
class _Last:
    """The last refresh of an import."""

    state: RefreshState
    requested_at: float | None = None
    job_arn: str | None = None
    imported_files: int | None = None
    reason: str = ""


def _last_of(execution: "DescribeExecutionOutputTypeDef") -> _Last:
    requested_at = _time_of(json_of(execution.get("input")).get("RequestedAt"))
    if execution["status"] == "RUNNING":
        return _Last(RefreshState.RUNNING, requested_at)
    if execution["status"] != "SUCCEEDED":
        cause = execution.get("cause") or f"the execution has the status {execution['status']}"
        return _Last(RefreshState.FAILED, requested_at, reason=cause)
    result = json_of(execution.get("output")).get("Refresh", {})
    return _Last(
        RefreshState.SKIPPED if result.get("Outcome") == "SKIPPED" else RefreshState.IMPORTED,
        requested_at,
        result.get("DatasetImportJobArn"),
        result.get("ImportedFiles"),
        result.get("Reason", ""),
    )


def _time_of(text: object) -> float | None:
    try:
        return datetime.fromisoformat(str(text)).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


def _reason(error: ClientError) -> str:
    """Return what a refused call means for the status; raise an error that a retry may solve."""
    if is_temporary(error):
        raise error
    action = f"{SERVICES[error.operation_name]}:{error.operation_name}"
    return f"{action} is denied" if is_denied(error) else f"{action} failed: {error.response['Error']['Code']}"
