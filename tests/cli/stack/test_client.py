"""Calls that the client saves: events that it has read, and lists in quick succession."""

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.stub import Stubber

from personalize_import_cli.stack.client import StackClient
from tests.cli.stack.scenes import STACK_ID


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> StackClient:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "any")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
    return StackClient(sleep=lambda _: None)


def event(number: int) -> dict[str, Any]:
    return {
        "EventId": str(number),
        "StackId": STACK_ID,
        "StackName": "Shop",
        "Timestamp": datetime.fromtimestamp(0, UTC),
    }


def test_events_are_the_oldest_first_and_read_once(client: StackClient) -> None:
    with Stubber(client._cloudformation) as stub:
        stub.add_response("describe_stack_events", {"StackEvents": [event(3)], "NextToken": "more"})
        stub.add_response("describe_stack_events", {"StackEvents": [event(2), event(1)]})
        assert [each.id for each in client.events(STACK_ID)] == ["1", "2", "3"]
        # The page ends with events that are known, so no further page is requested.
        stub.add_response("describe_stack_events", {"StackEvents": [event(4), event(3)], "NextToken": "more"})
        assert [each.id for each in client.events(STACK_ID)] == ["1", "2", "3", "4"]


def test_jobs_are_listed_at_most_once_a_second(monkeypatch: pytest.MonkeyPatch, client: StackClient) -> None:
    slept: list[float] = []
    monkeypatch.setattr(client, "_sleep", slept.append)
    monkeypatch.setattr(client, "_listed_at", -100.0)
    with Stubber(client._personalize) as stub:
        for _ in range(3):
            stub.add_response("list_dataset_import_jobs", {"datasetImportJobs": []})
            client.jobs()
    assert slept == pytest.approx([0, 1, 1], abs=0.2)
