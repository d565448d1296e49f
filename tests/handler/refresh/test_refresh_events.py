"""Malformed events of refreshes, sent to OnEvent by a trigger or to IsComplete by the state machine."""

from typing import Any, Final

import pytest

from personalize_import_handler.contract.printable import printable
from personalize_import_handler.refresh.refresh_events import NotARefreshError
from personalize_import_handler.request.outcome import Progress
from tests.handler.conftest import Log
from tests.handler.support.account import LAMBDA_ATTEMPTS, STATE_MACHINE_ARN, Account
from tests.handler.support.properties import properties
from tests.handler.support.refreshes import PollsOfTest
from tests.handler.support.simulator import CloudFormation

ARN: Final = "arn:aws:cloudformation:eu-west-1:123456789012:stack"
NOT_STRINGS: Final[list[Any]] = [None, 7, True, [], {}, {"Ref": "AWS::StackId"}]
NOT_SECONDS: Final[list[Any]] = [None, -1, 1.5, "60", True, False, [], float("nan"), 10**400]


def each(name: str, *values: Any) -> list[tuple[str, Any]]:
    return [(name, value) for value in values]


MALFORMED: Final = [
    *each("ResourceType", *NOT_STRINGS, "", "Custom::PersonalizeImportData", "AWS::Personalize::Dataset"),
    *each("StackId", *NOT_STRINGS, "shop", f"{ARN}/shop", f"{ARN}/sh\u202eop/6c81", f"{ARN}/{'s' * 600}/6c81"),
    *each("LogicalResourceId", *NOT_STRINGS, "", "Im-port", "Import\nERROR", "I" * 256),
    *each("PhysicalResourceId", *NOT_STRINGS, "p" * 1025),
    *each("RequestedAt", *NOT_STRINGS, "", "<aws.scheduler.scheduled-time>", "2026-11-28", "2026-11-28T03:00:00.000Z"),
    *each("RequestedAt", "2026-02-30T03:00:00Z", "1970-01-01T00:00:00Z", "9999-01-01T00:00:00Z"),
    *each("QuietSeconds", *NOT_SECONDS, 9, 21_601),
    *each("TimeoutSeconds", *NOT_SECONDS, 0, 59, 129_601),
    *each("Always", None, 0, 1, "true", [], {}),
    *each("ResourceProperties", None, [], "DatasetArn", 7),
]
MALFORMED_POLLS: Final = [
    *each("StateMachineArn", *NOT_STRINGS, "", "waiter", f"{STATE_MACHINE_ARN}\n"),
    *each("ReceivedAt", None, "now", True, float("nan")),
    *each("Progress", None, [], "forged", {"attempt": -1}, {"file_name": "a\nb"}, {"polls": "1"}),
]


@pytest.fixture
def account(log: Log) -> Account:
    return Account(poll_refresh=PollsOfTest())


@pytest.fixture
def created(cloudformation: CloudFormation) -> CloudFormation:
    assert cloudformation.create(properties()).succeeded
    cloudformation.settle()
    return cloudformation


@pytest.mark.parametrize(("name", "value"), MALFORMED)
def test_a_malformed_event_is_an_error_that_names_the_member_and_starts_no_execution(
    name: str, value: Any, created: CloudFormation, account: Account
) -> None:
    event, before = {**created.refresh_event(), name: value}, len(account.executions)

    with pytest.raises(NotARefreshError, match=f"not a refresh: {name} must be ") as error:
        account.functions.on_event(event, account.context)

    assert str(error.value) == printable(str(error.value))
    assert len(account.executions) == before


def test_missing_members_are_named(created: CloudFormation, account: Account) -> None:
    event = {name: value for name, value in created.refresh_event().items() if name not in ("Always", "StackId")}

    with pytest.raises(NotARefreshError, match="not a refresh: Always, StackId missing"):
        account.functions.on_event(event, account.context)


def test_lambda_retries_a_malformed_event_and_gives_up(created: CloudFormation, account: Account) -> None:
    event = {**created.refresh_event(), "QuietSeconds": -1}

    account.deliver(event)

    assert account.abandoned == [event]
    assert LAMBDA_ATTEMPTS == 3


@pytest.mark.parametrize("seconds", [60, 129_600])
@pytest.mark.parametrize("quiet", [0, 10, 21_600])
def test_the_limits_themselves_are_allowed(quiet: int, seconds: int, created: CloudFormation, account: Account) -> None:
    execution = account.refresh(created.refresh_event(quiet_seconds=quiet, timeout_seconds=seconds))

    assert execution.data["TimeoutSeconds"] == seconds


def test_members_that_no_trigger_sends_are_removed(created: CloudFormation, account: Account) -> None:
    forged = {
        "Progress": {"dataset_import_job_arn": "forged"},
        "StateMachineArn": STATE_MACHINE_ARN.replace("waiter", "forged"),
        "ReceivedAt": -1,
        "WaitSeconds": 10**9,
        "Error": "forged",
        "Cause": "forged",
        "Refresh": {"Outcome": "IMPORTED"},
        "CrHelperPoll": True,
        "ResponseURL": "https://mallory.example/",
    }

    execution = account.refresh({**created.refresh_event(), **forged})

    assert execution.data["Progress"] == Progress().to_data()
    assert execution.data["StateMachineArn"] == STATE_MACHINE_ARN
    assert execution.data["ReceivedAt"] == account.clock.now
    assert execution.data["WaitSeconds"] == 0
    assert {"Error", "Cause", "Refresh", "CrHelperPoll", "ResponseURL"}.isdisjoint(execution.data)


@pytest.mark.parametrize(("name", "value"), [*MALFORMED, *MALFORMED_POLLS])
def test_a_malformed_poll_fails_the_execution_with_its_problems(
    name: str, value: Any, created: CloudFormation, account: Account
) -> None:
    execution = account.refresh(created.refresh_event())
    execution.data[name] = value
    calls = len(account.personalize.calls)

    data = account.functions.is_complete(execution.data, account.context)

    assert data["IsComplete"]
    assert data["Error"] == "ImportFailed"
    assert data["Cause"].startswith(f"{name}")
    assert data["Cause"].endswith(". The refresh was rejected, and nothing was changed.")
    assert data["Cause"] == printable(data["Cause"])
    assert len(account.personalize.calls) == calls


def test_invalid_properties_fail_the_execution_with_their_problems(created: CloudFormation, account: Account) -> None:
    event = created.refresh_event(properties=properties(DataLocation="data"))

    execution = account.refresh(event)
    account.run()

    assert execution.cause
    assert execution.cause.startswith("DataLocation must be a CSV file or a folder in S3")
    assert execution.cause.endswith("No job was started.")
