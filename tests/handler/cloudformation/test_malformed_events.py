"""Events that neither CloudFormation nor the state machine sends: the response reports their problems."""

from typing import Any, Final

import pytest

from personalize_import_handler.cloudformation.events import PROGRESS_RULES, Event, NotARequestError
from personalize_import_handler.contract import DATA_RESOURCE_TYPE
from personalize_import_handler.request.outcome import Progress
from tests.handler.conftest import Log
from tests.handler.support.account import STATE_MACHINE_ARN, Account, Response
from tests.handler.support.fakes import FakePersonalize, job_arn
from tests.handler.support.properties import properties
from tests.handler.support.simulator import CloudFormation

ARN: Final = "arn:aws:cloudformation:eu-west-1:123456789012:stack"
SECRET: Final = "X-Amz-Signature"
NOT_STRINGS: Final[list[Any]] = [None, 7, True, [], ["arn"], {}, {"Ref": "AWS::StackId"}]

Corrupted = tuple[str, Any]
"""The name of a member, and what is in the place of its value."""


def each(name: str, *values: Any) -> list[Corrupted]:
    return [(name, value) for value in values]


def noted(**values: list[Any]) -> list[Corrupted]:
    return [("CrHelperData", {"Progress": {name: value}}) for name, given in values.items() for value in given]


REFUSED: Final[list[Corrupted]] = [
    *each("RequestType", "", "create", "Destroy", None, 7, ["Create"], {"Create": 1}),
    *each("StackId", "shop", "arn", ARN, f"{ARN}/", f"{ARN}//6c81e0f0", f"{ARN}/shop", "a:b:c:d:e:f"),
    *each("StackId", f"{ARN}/shop/6c81\n", f"{ARN}/sh\u202eop/6c81", f"{ARN}/7/6c81", f"{ARN}/{'s' * 600}/6c81"),
    *each("LogicalResourceId", "Im-port", "Import\nERROR", "../Import", "I" * 256),
    *each("RequestId", "\ud800", "a b", "a\nb", "r" * 129),
    *each("ResourceProperties", None, [], "DatasetArn", 7, [["DatasetArn", "arn"]]),
    *each("OldResourceProperties", None, [], "DatasetArn", 7, [["DatasetArn", "arn"]]),
    *each("PhysicalResourceId", *NOT_STRINGS, "p" * 1025),
]
UNANSWERABLE: Final[list[Corrupted]] = [
    *[
        corrupted
        for name in ("StackId", "RequestId", "LogicalResourceId")
        for corrupted in each(name, *NOT_STRINGS, "")
    ],
    *each("ResponseURL", *NOT_STRINGS, "", "secret", f"http://example.com/?{SECRET}=secret", "file:///secret"),
    *each(
        "ResponseURL", "https://", "https:///secret", "https://example.com/sec\nret", "https://a:secret@example.com/"
    ),
]
POLLS: Final[list[Corrupted]] = [
    *each("CrHelperPoll", None, False, 1, "true", {}),
    *each("CrHelperData", None, [], "data", {}, {"Progress": None}, {"Progress": []}),
    *each("CrHelperData", {"Progress": {}, "DatasetImportJobArn": "forged"}),
    *noted(**{name: [[], {}, "forged\n"] for name in PROGRESS_RULES}),
    *noted(attempt=[-1, 1.5, True, "1", float("nan"), 10**400], started_at=[float("nan"), float("inf"), 1e300, "0"]),
    *noted(files_copied=[None, -1, "1"], prepared=[None, 0, "false"]),
    *noted(dataset_import_job_arn=["arn:aws:personalize:eu-west-1:123456789012:dataset/shop/INTERACTIONS"]),
    *each("ReceivedAt", None, "now", [], True, float("nan")),
    *each("StateMachineArn", *NOT_STRINGS, "", "waiter", f"{STATE_MACHINE_ARN}\n"),
]


def corrupted(event: Event, name: str, value: Any) -> Event:
    return {**event, name: value}


def responses_of(account: Account, event: Event) -> list[Response]:
    return account.responses.get(event["ResponseURL"], [])


def assert_refused(account: Account, event: Event, name: str, log: Log) -> Response:
    (response,) = responses_of(account, event)
    assert response.status == "FAILED"
    assert response.reason.startswith(f"{name} must be ") or f"; {name} must be " in response.reason
    assert response.reason.endswith(". The request was rejected, and nothing was changed.")
    assert account.personalize.calls == []
    assert [
        line for line in log.lines if "Traceback" in line or "defect" in line or "\n" in line or SECRET in line
    ] == []
    return response


@pytest.mark.parametrize("request_type", ["Create", "Update"])
@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_a_malformed_request_fails_with_its_problems(
    request_type: str, name: str, value: Any, account: Account, log: Log
) -> None:
    event = corrupted(CloudFormation(account, physical_resource_id="shop/Import").event(request_type, {}), name, value)

    account.functions.on_event(event, account.context)

    response = assert_refused(account, event, name, log)
    assert response.physical_resource_id in {"shop/Import", event["LogicalResourceId"]}
    assert account.executions == {}


def test_a_rejected_create_returns_only_its_own_id(account: Account) -> None:
    forged = corrupted(CloudFormation(account).event("Create", {}), "PhysicalResourceId", "rival/Import")

    account.functions.on_event(corrupted(forged, "StackId", "shop"), account.context)

    assert responses_of(account, forged)[0].physical_resource_id == "Import"


def test_a_rejection_contains_nothing_of_the_previous_request(cloudformation: CloudFormation, account: Account) -> None:
    assert cloudformation.create(properties()).attributes
    event = corrupted(cloudformation.event("Update", properties()), "StackId", "shop")

    account.functions.on_event(event, account.context)

    (response,) = responses_of(account, event)
    assert (response.status, response.attributes) == ("FAILED", {})


@pytest.mark.parametrize(("name", "value"), [corrupted for corrupted in REFUSED if corrupted[0] != "RequestType"])
@pytest.mark.parametrize("resource_type", ["Custom::PersonalizeDatasetImportJob", DATA_RESOURCE_TYPE, None, []])
def test_a_malformed_delete_succeeds(resource_type: Any, name: str, value: Any, account: Account, log: Log) -> None:
    stack = CloudFormation(account, physical_resource_id="shop/Import", resource_type=resource_type)
    event = corrupted(stack.event("Delete", properties()), name, value)

    account.functions.on_event(event, account.context)

    (response,) = responses_of(account, event)
    assert (response.status, response.reason) == ("SUCCESS", "")
    assert any(f"The resource is deleted although the request failed: {name} must be" in line for line in log.lines)
    assert [
        line for line in log.lines if "Traceback" in line or "defect" in line or "\n" in line or SECRET in line
    ] == []


@pytest.mark.parametrize(("name", "value"), UNANSWERABLE)
@pytest.mark.parametrize("function", ["on_event", "is_complete"])
def test_an_event_without_a_valid_response_url_raises_an_error_that_contains_no_url(
    function: str, name: str, value: Any, account: Account, log: Log
) -> None:
    event = corrupted(CloudFormation(account).event("Create", properties()), name, value)

    with pytest.raises(NotARequestError, match=f"not a CloudFormation request: {name} must be ") as error:
        getattr(account.functions, function)(event, account.context)

    assert "secret" not in str(error.value)
    assert (account.responses, account.executions, account.personalize.calls) == ({}, {}, [])


@pytest.mark.parametrize("event", [None, [], "Create", 7, [{"RequestType": "Create"}]])
@pytest.mark.parametrize("function", ["on_event", "is_complete"])
def test_an_event_that_is_not_an_object_is_no_request(function: str, event: Any, account: Account) -> None:
    with pytest.raises(NotARequestError, match=r"the event must be an object, got '(NoneType|list|str|int)'"):
        getattr(account.functions, function)(event, account.context)


def test_members_that_only_the_state_machine_sends_are_removed_from_a_request(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    foreign = job_arn("rival-Import-0123456789ab-1")
    event = cloudformation.event("Create", properties())
    forged = {
        **event,
        "CrHelperPoll": True,
        "CrHelperData": {"Progress": {"dataset_import_job_arn": foreign, "tags_due": True}, "Status": "ACTIVE"},
        "CrHelperRule": "arn:aws:events:eu-west-1:123456789012:rule/forged",
        "StateMachineArn": STATE_MACHINE_ARN.replace("waiter", "forged"),
        "ReceivedAt": -1,
        "WaitSeconds": 10**9,
        "LastError": {"Error": "forged"},
        "IsComplete": True,
    }

    account.functions.on_event(forged, account.context)

    (execution,) = account.executions.values()
    assert execution.data["CrHelperData"] == {"Progress": Progress().to_data(), "PhysicalResourceId": None}
    assert execution.data["StateMachineArn"] == STATE_MACHINE_ARN
    assert execution.data["ReceivedAt"] == account.clock.now
    assert {"CrHelperRule", "LastError", "IsComplete"}.isdisjoint(execution.data)
    assert cloudformation.run(event).succeeded
    assert foreign not in [argument for _, argument in personalize.calls]


@pytest.mark.parametrize(("name", "value"), POLLS)
def test_a_malformed_poll_fails_with_its_problems_and_ends_the_polling(
    name: str, value: Any, cloudformation: CloudFormation, account: Account, log: Log
) -> None:
    event = cloudformation.event("Create", properties())
    account.functions.on_event(event, account.context)
    (execution,) = account.executions.values()

    data = account.functions.is_complete(corrupted(execution.data, name, value), account.context)

    assert (data["IsComplete"], data["WaitSeconds"]) == (True, 0)
    (response,) = responses_of(account, event)
    assert response.status == "FAILED"
    assert response.reason.startswith((f"{name} must be ", f"{name}: Progress"))
    assert response.attributes == {}
    assert account.personalize.calls == []
    assert [line for line in log.lines if "Traceback" in line or "defect" in line or "\n" in line] == []


def test_a_request_that_was_never_passed_to_the_state_machine_is_no_poll(
    cloudformation: CloudFormation, account: Account
) -> None:
    event = cloudformation.event("Create", properties())

    data = account.functions.is_complete(event, account.context)

    assert data["IsComplete"]
    (response,) = responses_of(account, event)
    assert response.reason.startswith("CrHelperPoll must be true, as OnEvent hands it over, got None; ")
    assert account.executions == {}


def test_a_malformed_poll_of_a_delete_succeeds(cloudformation: CloudFormation, account: Account) -> None:
    event = cloudformation.event("Delete", properties(), "shop/Import")

    assert account.functions.is_complete(event, account.context)["IsComplete"]

    (response,) = responses_of(account, event)
    assert (response.status, response.physical_resource_id) == ("SUCCESS", "shop/Import")


def test_members_that_a_later_version_has_recorded_are_ignored(
    cloudformation: CloudFormation, account: Account
) -> None:
    event = cloudformation.begin("Create", properties())
    (execution,) = account.executions.values()
    execution.data["CrHelperData"]["Progress"]["recorded_by_a_later_version"] = {"any": "value"}

    assert cloudformation.run(event).succeeded


def test_every_recorded_member_of_a_poll_has_a_rule() -> None:
    assert list(PROGRESS_RULES) == list(Progress._fields)
