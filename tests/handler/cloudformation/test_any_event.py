"""Random and hostile events of another team, or of a user who may invoke the functions."""

import copy
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any, Final, Literal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from personalize_import_handler.cloudformation.events import Event, NotARequestError, is_refresh
from personalize_import_handler.cloudformation.responses import NotDeliveredError
from personalize_import_handler.cloudformation.state_machine import execution_name
from personalize_import_handler.contract.printable import printable
from personalize_import_handler.refresh.refresh_events import NotARefreshError
from tests.handler.conftest import Log
from tests.handler.support.account import LAMBDA_ATTEMPTS, Account, Response
from tests.handler.support.attacks import (
    ATTACKER,
    FORGED_TEXT,
    VICTIM,
    VICTIMS_DATASET,
    VICTIMS_LOCATION,
    VICTIMS_ROLE,
    Attack,
    attacks,
    can_be_answered,
)
from tests.handler.support.fakes import JobBehavior
from tests.handler.support.properties import properties, tags
from tests.handler.support.simulator import CloudFormation

EVENTS_OF_A_RUN: Final = 10
POLLS_MAX: Final = 500
VICTIMS: Final = properties(
    DatasetArn=VICTIMS_DATASET, DataLocation=VICTIMS_LOCATION, RoleArn=VICTIMS_ROLE, Tags=tags(team="victim")
)


class World:
    """Two teams' stacks with one provider; one job of the victim has ended, another one runs."""

    def __init__(self) -> None:
        self.account = Account()
        personalize = self.account.personalize
        personalize.datasets[VICTIMS_DATASET] = self.account.clock.now - 3600
        personalize.job_behavior = JobBehavior(pending_seconds=5, seconds=20, failure_reason=FORGED_TEXT)
        self.stacks = {name: CloudFormation(self.account, stack_name=name) for name in (ATTACKER, VICTIM)}
        assert self.stacks[VICTIM].create(VICTIMS).succeeded
        assert self.stacks[VICTIM].update({**VICTIMS, "Wait": "false", "ReimportToken": "next"}).succeeded
        self.stacks[VICTIM].settle()
        self.account.stacks.statuses[self.stacks[ATTACKER].stack_id] = "CREATE_COMPLETE"
        self.jobs = list(personalize.jobs)
        self.touched: list[tuple[str, str]] = []
        self.ended: Event = {}
        """The last event that IsComplete has returned."""

    def send(self, attack: Attack) -> Event:
        """Send an event, run its execution, and return the event as it was sent."""
        stack, account = self.stacks[attack.team], self.account
        stack.resource_type = attack.resource_type
        event = attack.applied_to(self._event(stack, attack))
        account.undeliverable = attack.lost_answers
        before = len(account.personalize.calls)
        if attack.function == "on_event":
            self._invoke(partial(account.functions.on_event, copy.deepcopy(event), account.context))
        else:
            self._poll(event)
        account.run()
        account.clear_faults()
        if attack.team == ATTACKER:
            self.touched += [call for call in account.personalize.calls[before:] if self._is_foreign(*call)]
        return event

    def _event(self, stack: CloudFormation, attack: Attack) -> Event:
        if attack.request_type == "Refresh":
            sent = stack.refresh_event(properties={}, quiet_seconds=attack.quiet_seconds, always=attack.always)
            return {**sent, "PhysicalResourceId": attack.physical_id, "ResourceProperties": attack.properties}
        return {
            **stack.event(attack.request_type, {}, attack.physical_id),
            "ResourceProperties": attack.properties,
            **({"OldResourceProperties": attack.old_properties} if attack.request_type == "Update" else {}),
        }

    def end_of_refresh(self, event: Event, function: str) -> Event:
        """Return the output of the execution that a refresh has started, or the last one of IsComplete."""
        return self.ended if function == "is_complete" else self.account.executions[execution_name(event)].data

    def responses_to(self, event: Event) -> list[Response]:
        return self.account.responses.get(event["ResponseURL"], [])

    def _invoke(self, call: Callable[[], Any]) -> Any:
        """Invoke a function, and retry if its response was lost, as Lambda and the state machine do."""
        for _ in range(LAMBDA_ATTEMPTS):
            try:
                return call()
            except NotDeliveredError:
                self.account.clock.advance(15)
        raise AssertionError("the response is lost each time")

    def _poll(self, event: Event) -> None:
        """Poll until the functions return IsComplete, as the state machine does."""
        account, data = self.account, event
        for _ in range(POLLS_MAX):
            data = self._invoke(partial(account.functions.is_complete, copy.deepcopy(data), account.context))
            if data["IsComplete"]:
                self.ended = data
                return
            account.clock.advance(data["WaitSeconds"])
        raise AssertionError("this would never end")

    def _is_foreign(self, operation: str, argument: str) -> bool:
        """Return whether a call changes a job of the victim, or takes the name of one."""
        changes = operation in ("create_dataset_import_job", "tag_resource", "untag_resource")
        stems = [name.rpartition("-")[0] for name in self.jobs]
        return changes and argument.rpartition("/")[2].rpartition("-")[0] in stems


VICTIMS_JOBS: Final = World().jobs
ATTACKS: Final = attacks([f"arn:aws:personalize:eu-west-1:123456789012:dataset-import-job/{n}" for n in VICTIMS_JOBS])
RUNS: Final = st.lists(ATTACKS, min_size=EVENTS_OF_A_RUN, max_size=EVENTS_OF_A_RUN)


def simulate(
    events: int, check: Callable[[World, Sequence[Attack]], None], phases: Sequence[Phase] = (*Phase,)
) -> None:
    """Simulate so many events, the same in each run, so that a change fails over nothing else."""

    @settings(
        max_examples=events // EVENTS_OF_A_RUN,
        derandomize=True,
        phases=phases,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(RUNS)
    def every_run(run: Sequence[Attack]) -> None:
        check(World(), run)

    every_run()


@contextmanager
def logged() -> Iterator[Log]:
    # Not the fixture `log`, which would keep what all examples of a test have logged.
    log, level = Log(), logging.root.level
    logging.root.addHandler(log)
    try:
        yield log
    finally:
        logging.root.removeHandler(log)
        logging.root.setLevel(level)


@pytest.mark.parametrize("events", [400, pytest.param(15_000, marks=pytest.mark.nightly)])
def test_every_event_gets_a_response_or_an_error_and_no_log_line_is_forged_or_has_its_url(
    events: int, record_property: Callable[[str, object], None]
) -> None:
    seen: Counter[str] = Counter()

    def check(world: World, run: Sequence[Attack]) -> None:
        for attack in run:
            with logged() as log:
                seen[assert_answered(world, attack)] += 1
            assert_log_is_clean(log.lines)
        assert world.account.abandoned == []

    simulate(events, check)

    assert seen.total() >= events
    assert min(seen[outcome] for outcome in ("SUCCESS", "FAILED", "no request")) > events / 20, seen
    assert min(seen[outcome] for outcome in ("refresh failed", "refresh IMPORTED", "no refresh")) > events / 80, seen
    record_property("events", ", ".join(f"{count} {outcome}" for outcome, count in sorted(seen.items())))


def assert_answered(world: World, attack: Attack) -> str:
    """Send an event, and return the status of the response, or that the event was rejected without one."""
    try:
        event = world.send(attack)
    except (NotARequestError, NotARefreshError) as refusal:
        assert_log_is_clean([str(refusal)])
        return "no request" if isinstance(refusal, NotARequestError) else "no refresh"
    if is_refresh(event):
        return assert_refresh_ended(world.end_of_refresh(event, attack.function))
    assert can_be_answered(event)
    responses = world.responses_to(event)
    assert responses, "CloudFormation got no response"
    assert len({response.status for response in responses}) == 1
    for response in responses:
        assert "This is a bug" not in response.reason
        assert response.reason == printable(response.reason)
        assert response.physical_resource_id
        assert response.succeeded or event["RequestType"] != "Delete"
    return responses[0].status


def assert_refresh_ended(output: Event) -> str:
    """Return the outcome of a refresh, which has either a result or a cause."""
    assert output["IsComplete"]
    assert ("Refresh" in output) != ("Error" in output)
    if "Refresh" in output:
        return f"refresh {output['Refresh']['Outcome']}"
    assert "This is a bug" not in output["Cause"]
    assert output["Cause"] == printable(output["Cause"]) != ""
    return "refresh failed"


def assert_log_is_clean(lines: Sequence[str]) -> None:
    for line in lines:
        assert line == printable(line)
        assert "X-Amz-Signature" not in line
        assert "cloudformation.example" not in line
        assert "Traceback" not in line


@pytest.mark.parametrize("function", ["on_event", "is_complete"])
@pytest.mark.parametrize("events", [700, pytest.param(7_500, marks=pytest.mark.nightly)])
def test_no_event_of_one_team_affects_a_job_of_another_team(
    events: int, function: Literal["on_event", "is_complete"]
) -> None:
    def check(world: World, run: Sequence[Attack]) -> None:
        for attack in run:
            assert_answered(world, replace(attack, function=function))
        assert world.touched == []

    simulate(events, check, [Phase.generate])  # with all phases, minutes go by over a failure that is expected
