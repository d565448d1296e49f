"""The last and the next refresh of each import, from triggers and executions."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import aws_cdk as cdk
import pytest
from aws_cdk import aws_scheduler as scheduler
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from personalize_import import ImportTarget
from personalize_import_cli.stack.client import StackResource
from personalize_import_cli.stack.next_run import Schedule
from personalize_import_cli.stack.refreshes import RULE_TYPE, SCHEDULE_TYPE, trigger_resources
from personalize_import_cli.stack.status import RefreshState, RefreshStatus, StackStatus
from personalize_import_cli.stack.status_reader import read_status
from personalize_import_cli.stack.trigger_client import Trigger, TriggerClient
from personalize_import_handler.contract import RESOURCE_TYPE
from personalize_import_handler.request.execution import resource_hash
from tests.cli.stack.scenes import STACK_ID, TEMPLATE, FakeClient, job, of_stack
from tests.constructs.support.stacks import add_job, from_new_bucket, logical_id, new_stack, template_of

FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:on-event"
STATE_MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:waiter"
NIGHTLY = Trigger(FUNCTION, is_enabled=True, schedule=Schedule("cron(0 3 * * ? *)"))
UPLOADS = Trigger(FUNCTION, is_enabled=True, event_pattern='{"source":["aws.s3"]}')
NEXT_NIGHT = "1970-01-01T03:00:00Z"
REQUESTED_AT = "1970-01-01T00:01:00Z"
OWN = resource_hash(STACK_ID, "Import")
JOB = job("shop-1")


def event_of(logical_id: str) -> dict[str, object]:
    """Return the event of a trigger as the CDK writes it: JSON text with functions of CloudFormation in it."""
    before = '{"RequestType":"Refresh","ResourceType":"Custom::PersonalizeDatasetImportJob","StackId":"'
    after = f'","LogicalResourceId":"{logical_id}","PhysicalResourceId":"x","RequestedAt":"<time>"}}'
    return {"Fn::Join": ["", [before, {"Ref": "AWS::StackId"}, after]]}


def schedule(logical_id: str = "Import", **properties: object) -> dict[str, object]:
    return {"Type": SCHEDULE_TYPE, "Properties": {"Target": {"Input": event_of(logical_id)}, **properties}}


def rule(logical_id: str = "Import") -> dict[str, Any]:
    target = {"InputTransformer": {"InputTemplate": event_of(logical_id)}}
    return {"Type": RULE_TYPE, "Properties": {"Targets": [target]}}


def error(operation: str, code: str = "AccessDeniedException", status: int = 400) -> ClientError:
    response: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, operation)


@dataclass
class FakeTriggerClient(TriggerClient):
    """A client whose answers are given; a `ClientError` is raised."""

    triggers: Mapping[str, Trigger | ClientError]
    """By the group or event bus and the name."""
    executions_listed: Sequence[Mapping[str, Any]] | ClientError = ()
    described: Mapping[str, Any] | ClientError = field(default_factory=dict)
    described_arns: list[str] = field(default_factory=list)

    def schedule(self, name: str, group_name: str) -> Trigger:
        return raised_or(self.triggers[f"{group_name}/{name}"])

    def rule(self, name: str, event_bus_name: str) -> Trigger:
        return raised_or(self.triggers[f"{event_bus_name}/{name}"])

    def state_machine_arn(self, function_arn: str) -> str:
        assert function_arn == FUNCTION
        return STATE_MACHINE

    def executions(self, state_machine_arn: str) -> Any:
        assert state_machine_arn == STATE_MACHINE
        return raised_or(self.executions_listed)

    def execution(self, execution_arn: str) -> Any:
        self.described_arns.append(execution_arn)
        return raised_or(self.described)


_Result = TypeVar("_Result")


def raised_or(result: _Result | ClientError) -> _Result:
    if isinstance(result, ClientError):
        raise result
    return result


def execution(name: str) -> dict[str, str]:
    return {"name": name, "executionArn": f"arn:{name}"}


def ended(status: str, output: object = None, **more: object) -> dict[str, Any]:
    described = {"status": status, "input": json.dumps({"RequestedAt": REQUESTED_AT}), **more}
    return described if output is None else {**described, "output": json.dumps(output)}


def status_of(client: TriggerClient | None, **triggers: dict[str, object]) -> StackStatus:
    resources = [StackResource("Import", RESOURCE_TYPE, "Shop/Import"), StackResource("Group", "any", "nightly")]
    resources += [StackResource(each, "any", f"{each}-1") for each in triggers if each != "NotCreated"]
    stack_client = FakeClient(
        stack_events={STACK_ID: [of_stack("CREATE_IN_PROGRESS", 1)]},
        statuses={STACK_ID: "CREATE_COMPLETE"},
        stack_resources=resources,
        body={"Resources": {**TEMPLATE["Resources"], **triggers}},
        trigger_client=client,
    )
    status = read_status(stack_client, "Shop")
    assert status
    return status


def refresh_of(client: FakeTriggerClient, **triggers: dict[str, object]) -> RefreshStatus:
    (found,) = status_of(client, **(triggers or {"Nightly": schedule()})).refreshes
    return found


def last_refresh(executions: Sequence[str] | ClientError, described: Mapping[str, Any] | ClientError) -> RefreshStatus:
    listed = executions if isinstance(executions, ClientError) else [execution(name) for name in executions]
    return refresh_of(FakeTriggerClient({"default/Nightly-1": NIGHTLY}, listed, described))


@pytest.mark.parametrize(
    "resource",
    [
        None,
        {"Type": SCHEDULE_TYPE, "Properties": {"Target": {"Input": '{"RequestType":"Other"}'}}},
        {"Type": RULE_TYPE, "Properties": {"EventPattern": {"source": ["aws.s3"]}}},
        {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": '{"RequestType":"Refresh"}'}},
    ],
    ids=["none", "schedule of something else", "rule without an event", "topic"],
)
def test_a_stack_without_triggers_has_no_refreshes_and_needs_no_further_call(resource: Any) -> None:
    assert status_of(None, **({"Other": resource} if resource else {})).refreshes == ()


def test_a_trigger_that_was_not_created_is_left_out() -> None:
    assert status_of(None, NotCreated=schedule()).refreshes == ()


def test_the_triggers_that_the_constructs_create_are_found() -> None:
    stack = new_stack("Shop")
    job = add_job(stack, data_source=from_new_bucket(stack))
    at_night = scheduler.ScheduleExpression.cron(minute="0", hour="3", time_zone=cdk.TimeZone.EUROPE_BERLIN)
    group = scheduler.ScheduleGroup(stack, "Group", schedule_group_name="weekly")
    job.refresh_on_schedule("Nightly", schedule=at_night)
    job.refresh_on_upload("Uploads")
    scheduler.Schedule(stack, "Weekly", schedule=at_night, schedule_group=group, target=ImportTarget(job))
    template = template_of(stack)
    resources = [StackResource(each, "any", f"{each}-1") for each in template["Resources"]]

    found = trigger_resources(STACK_ID, template, resources, {logical_id(job): "Job"})

    assert [(each.import_name, each.resource_type, each.group_name) for each in found] == [
        ("Job", SCHEDULE_TYPE, "default"),
        ("Job", RULE_TYPE, "default"),
        ("Job", SCHEDULE_TYPE, "weekly"),
    ]


def test_a_rule_that_refreshes_two_imports_is_a_trigger_of_both() -> None:
    targets = [{"Arn": "arn:aws:sns:eu-west-1:123456789012:topic"}, *rule()["Properties"]["Targets"]]
    body = {"Both": {"Type": RULE_TYPE, "Properties": {"Targets": [*targets, *rule("Items")["Properties"]["Targets"]]}}}
    resources = [StackResource("Both", RULE_TYPE, "both-1")]

    found = trigger_resources(STACK_ID, {"Resources": body}, resources, {"Items": "Shop/Items"})

    assert [(each.import_id, each.import_name) for each in found] == [("Import", "Import"), ("Items", "Shop/Items")]


def test_the_function_of_a_rule_is_that_of_its_refresh() -> None:
    client = TriggerClient(Config(region_name="eu-west-1"))
    another = {"Id": "Target0", "Arn": FUNCTION.replace("on-event", "another")}
    template = '{"RequestType":"Refresh","RequestedAt":"<time>"}'
    own = {"Id": "Target1", "Arn": FUNCTION, "InputTransformer": {"InputTemplate": template}}
    with Stubber(client._events) as stubber:
        stubber.add_response("describe_rule", {"State": "ENABLED", "EventPattern": '{"source":["aws.s3"]}'})
        stubber.add_response("list_targets_by_rule", {"Targets": [another, own]})

        assert client.rule("rule-1", "default") == UPLOADS


def test_an_import_that_was_never_refreshed_has_the_next_time() -> None:
    found = last_refresh([], {})

    assert found == RefreshStatus(
        name="Users/Import", logical_id="Import", state=RefreshState.NONE, next_refreshes=[NEXT_NIGHT]
    )


def test_the_newest_refresh_of_the_import_is_the_last_one() -> None:
    other = resource_hash(STACK_ID, "Other")
    names = [f"{OWN}-{'0' * 32}", f"{other}-refresh-0-0000000099", f"{OWN}-refresh-0-0000000060", f"{OWN}-refresh-0-0"]
    output = {"Refresh": {"Outcome": "IMPORTED", "DatasetImportJobArn": JOB.arn, "ImportedFiles": 3}}
    listed = [execution(name) for name in names]
    client = FakeTriggerClient({"default/Nightly-1": NIGHTLY}, listed, ended("SUCCEEDED", output))

    found = refresh_of(client)

    assert client.described_arns == [f"arn:{OWN}-refresh-0-0000000060"]
    assert (found.state, found.requested_at, found.job_arn, found.imported_files) == (
        RefreshState.IMPORTED,
        60,
        JOB.arn,
        3,
    )


SKIPPED = ended("SUCCEEDED", {"Refresh": {"Outcome": "SKIPPED", "Reason": "the stack is UPDATE_IN_PROGRESS"}})
FAILED = ended("FAILED", error="ImportFailed", cause="Too few.")


@pytest.mark.parametrize(
    ("described", "state", "reason"),
    [
        (ended("RUNNING"), RefreshState.RUNNING, ""),
        (SKIPPED, RefreshState.SKIPPED, "the stack is UPDATE_IN_PROGRESS"),
        (FAILED, RefreshState.FAILED, "Too few."),
        (ended("TIMED_OUT"), RefreshState.FAILED, "the execution has the status TIMED_OUT"),
        (ended("ABORTED"), RefreshState.FAILED, "the execution has the status ABORTED"),
        (error("DescribeExecution"), RefreshState.UNKNOWN, "states:DescribeExecution is denied"),
    ],
    ids=["running", "skipped", "failed", "timed out", "aborted", "denied"],
)
def test_the_last_refresh_has_a_state_and_a_reason(described: Any, state: RefreshState, reason: str) -> None:
    found = last_refresh([f"{OWN}-refresh-0-0000000060"], described)

    assert (found.state, found.reason) == (state, reason)
    assert found.next_refreshes == [NEXT_NIGHT]


def test_an_output_that_is_not_json_hides_only_the_details() -> None:
    found = last_refresh([f"{OWN}-refresh-0-0000000060"], {"status": "SUCCEEDED", "output": "{", "input": "[]"})

    assert (found.state, found.requested_at, found.job_arn) == (RefreshState.IMPORTED, None, None)


def test_a_missing_permission_leaves_only_its_part_unknown() -> None:
    found = last_refresh(error("ListExecutions"), {})

    assert (found.state, found.reason) == (RefreshState.UNKNOWN, "states:ListExecutions is denied")
    assert found.next_refreshes == [NEXT_NIGHT]


def test_a_trigger_that_can_not_be_read_leaves_the_next_refresh_unknown() -> None:
    found = refresh_of(FakeTriggerClient({"default/Nightly-1": error("GetSchedule", "ResourceNotFoundException")}))

    assert (found.state, found.reason) == (RefreshState.UNKNOWN, "")
    assert found.next_refreshes == ["unknown (scheduler:GetSchedule failed: ResourceNotFoundException)"]


@pytest.mark.parametrize("busy", [error("GetSchedule", "ThrottlingException"), error("GetSchedule", "Any", 503)])
def test_an_error_that_a_retry_may_solve_is_raised(busy: ClientError) -> None:
    with pytest.raises(ClientError):
        refresh_of(FakeTriggerClient({"default/Nightly-1": busy}))


def test_each_trigger_of_an_import_has_its_next_refresh() -> None:
    triggers = {"default/Nightly-1": NIGHTLY, "default/Uploads-1": UPLOADS}

    found = refresh_of(FakeTriggerClient(triggers), Nightly=schedule(), Uploads=rule())

    assert found.next_refreshes == [NEXT_NIGHT, "after uploads"]


@pytest.mark.parametrize(
    ("trigger", "following"),
    [
        (NIGHTLY._replace(is_enabled=False), "disabled"),
        (UPLOADS._replace(is_enabled=False), "disabled"),
        (UPLOADS._replace(event_pattern='{"source":["shop"]}'), "after events"),
        (NIGHTLY._replace(schedule=Schedule("cron(0 12 LW * ? *)")), "cron(0 12 LW * ? *)"),
        (NIGHTLY._replace(schedule=Schedule("rate(1 hour)")), "rate(1 hour)"),
        (NIGHTLY._replace(schedule=Schedule("cron(0 3 * * ? *)", "Mars/Base")), "cron(0 3 * * ? *) Mars/Base"),
        (NIGHTLY._replace(schedule=Schedule("at(1969-01-01T00:00:00)")), "none"),
    ],
)  # fmt: skip
def test_the_next_refresh_is_a_time_or_words(trigger: Trigger, following: str) -> None:
    assert refresh_of(FakeTriggerClient({"default/Nightly-1": trigger})).next_refreshes == [following]


@pytest.mark.parametrize(
    ("group", "name"), [("nightly", "nightly"), ({"Ref": "Group"}, "nightly"), ({"Fn::ImportValue": "x"}, "")]
)
def test_a_schedule_is_read_from_its_group(group: object, name: str) -> None:
    client = FakeTriggerClient({f"{name}/Nightly-1": NIGHTLY})

    assert refresh_of(client, Nightly=schedule(GroupName=group)).next_refreshes == [NEXT_NIGHT]


def test_a_rule_is_read_from_its_event_bus() -> None:
    resources = [StackResource("Import", RESOURCE_TYPE, "Shop/Import"), StackResource("Rule", "any", "shop-bus|rule-1")]
    client = FakeClient(
        stack_events={STACK_ID: []},
        stack_resources=resources,
        body={"Resources": {"Rule": rule()}},
        trigger_client=FakeTriggerClient({"shop-bus/rule-1": UPLOADS}),
    )
    status = read_status(client, "Shop")

    assert status
    assert [each.next_refreshes for each in status.refreshes] == [["after uploads"]]


def test_a_failed_refresh_is_no_failed_import() -> None:
    client = FakeTriggerClient({"default/Nightly-1": NIGHTLY}, [execution(f"{OWN}-refresh-0-0000000060")], FAILED)

    status = status_of(client, Nightly=schedule())

    assert not status.has_failed
    assert status.has_ended
