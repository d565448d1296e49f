"""A simulated AWS account around the real functions: Lambda, Step Functions and CloudFormation's response endpoint.

Failed functions are retried as Lambda and Step Functions do. Tests advance the clock, so an hour of waiting takes no
time.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from personalize_import_handler.cloudformation import state_machine
from personalize_import_handler.cloudformation.custom_resource import Event
from personalize_import_handler.cloudformation.responses import NotDeliveredError, body_of
from personalize_import_handler.contract.refresh_event import EXECUTION_SECONDS_MAX, RefreshResult
from personalize_import_handler.functions import Functions
from personalize_import_handler.refresh.refresh import poll_refresh
from personalize_import_handler.refresh.refreshes import PollRefresh
from personalize_import_handler.request.execution import Execution as ListedExecution
from personalize_import_handler.request.execution import Standing
from personalize_import_handler.request.ownership import Provider
from tests.handler.support.fakes import Clock, FakePersonalize
from tests.handler.support.fakes_events import FakeEventBus
from tests.handler.support.fakes_stacks import FakeStacks, stack_id_of
from tests.handler.support.fakes_storage import FakeReader, FakeStorage
from tests.handler.support.properties import DATA_BUCKET

LAMBDA_ATTEMPTS: Final = 3
"""A failed asynchronous invocation is retried twice."""
RETRY_SECONDS: Final = 15
RETRIES_MAX: Final = 240
"""The delay in seconds before the state machine retries a failed poll, and its retries in a row."""
POLLS_MAX: Final = 2500
"""More polls than an execution can have: Step Functions ends it after 25,000 events, about ten per poll."""
STATE_MACHINE_ARN: Final = "arn:aws:states:eu-west-1:123456789012:stateMachine:waiter"

Send = Callable[[str, Mapping[str, object]], None]


class Killed(BaseException):
    """The function's process was killed."""


@dataclass
class LambdaContext:
    """The context object that Lambda passes to a function."""

    remaining_seconds: float = 300
    function_name: str = "on-event"
    aws_request_id: str = "00000000-0000-4000-8000-000000000000"

    def get_remaining_time_in_millis(self) -> int:
        return round(self.remaining_seconds * 1000)


@dataclass(frozen=True)
class Response:
    """One response as CloudFormation reads it."""

    status: str
    reason: str
    physical_resource_id: str
    attributes: Mapping[str, str]
    request_id: str
    sent_at: float

    @property
    def succeeded(self) -> bool:
        return self.status == "SUCCESS"

    @property
    def job_arn(self) -> str:
        return self.attributes["DatasetImportJobArn"]


@dataclass
class Execution:
    """An execution of the state machine."""

    data: Event
    due_at: float
    ends_at: float
    started_at: datetime
    polls: int = 0
    retries: int = 0
    """The polls in a row that have failed."""
    error: str | None = None
    cause: str | None = None
    """The error and cause with which IsComplete has failed the execution."""

    @property
    def result(self) -> RefreshResult:
        """The result of a refresh that has succeeded."""
        assert self.error is None, self.cause
        result: RefreshResult = self.data["Refresh"]
        return result


@dataclass
class Account:
    """A simulated account: the functions, the services, the state machine, and the responses to CloudFormation."""

    clock: Clock = field(default_factory=Clock)
    context: LambdaContext = field(default_factory=LambdaContext)
    responses: dict[str, list[Response]] = field(default_factory=dict)
    """By ResponseURL, in the order of their arrival."""
    executions: dict[str, Execution] = field(default_factory=dict)
    """By name; a name stays in use after the execution has ended, as in Step Functions."""
    abandoned: list[Event] = field(default_factory=list)
    """Events whose last attempt has failed."""
    polled_at: list[float] = field(default_factory=list)
    undeliverable: int = 0
    """Number of next responses that are lost."""
    functions_seconds_off: float = 0
    """Seconds by which the functions' clock is ahead of the clock of the service."""
    execution_seconds_max: float = EXECUTION_SECONDS_MAX
    """Timeout of an execution, in seconds."""
    poll_refresh: PollRefresh = poll_refresh
    """Called with each poll of a refresh."""
    send: Send | None = None
    """Called with each response instead of adding it to `responses`."""
    personalize: FakePersonalize = field(init=False)
    provider: Provider = field(default_factory=lambda: Provider(stack_id_of("shop"), DATA_BUCKET))
    """The provider of the functions."""
    stacks: FakeStacks = field(default_factory=FakeStacks)
    storage: FakeStorage = field(default_factory=FakeStorage)
    event_bus: FakeEventBus = field(default_factory=FakeEventBus)
    functions: Functions = field(init=False)
    calls_before_reading: list[str] = field(default_factory=list)
    """The operations of Personalize that were called before data was read."""
    _waiting: list[Execution] = field(default_factory=list)
    _refused_starts: list[Exception] = field(default_factory=list)
    _refused_lists: list[BaseException] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.personalize = FakePersonalize(self.clock, files_at=self.storage.files_at)
        self.functions = self.instance()

    def instance(self) -> Functions:
        """Create another instance of the functions, as Lambda does for concurrent invocations."""
        return Functions(
            provider=self.provider,
            services=self,
            start_polling=self._start_polling,
            standing=self._standing,
            list_executions=self._list_executions,
            send=self.send or self._send,
            poll_refresh=self.poll_refresh,
            clock=lambda: self.clock.now + self.functions_seconds_off,
        )

    def data_reader(self, role_arn: str) -> FakeReader:
        self.storage._called("data_reader", role_arn)
        self.calls_before_reading = [operation for operation, _ in self.personalize.calls]
        return FakeReader(self.storage)

    def fail_start_execution(self, *errors: Exception) -> None:
        """Raise these errors in the next calls of StartExecution."""
        self._refused_starts.extend(errors)

    def fail_list_executions(self, *errors: BaseException) -> None:
        """Raise these errors in the next calls of ListExecutions."""
        self._refused_lists.extend(errors)

    def clear_faults(self) -> None:
        """Remove all faults that haven't been raised yet."""
        self.undeliverable = 0
        self._refused_starts.clear()
        self._refused_lists.clear()
        self.personalize.clear_faults()
        self.storage.clear_faults()
        self.stacks.errors.clear()
        self.event_bus.clear_faults()

    def deliver(self, event: Event) -> None:
        """Invoke `on_event` asynchronously, as CloudFormation does, with retries."""
        for _ in range(LAMBDA_ATTEMPTS):
            try:
                self.functions.on_event(_as_json(event), self.context)
            except (Exception, Killed):  # noqa: BLE001 - Lambda retries after any error
                self.clock.advance(60)
            else:
                return
        self.abandoned.append(event)

    def refresh(self, event: Event) -> Execution:
        """Deliver the event of a trigger, and return the execution that it has started or that existed already."""
        self.deliver(event)
        return self.executions[state_machine.execution_name(event)]

    def run(self, *, until: float = float("inf")) -> None:
        """Advance the clock until no execution is running, or until a point in time."""
        while self._waiting and min(execution.due_at for execution in self._waiting) <= until:
            self.step()

    def step(self) -> None:
        """Advance the clock to the next poll, and run it."""
        execution = min(self._waiting, key=lambda execution: execution.due_at)
        self.clock.now = max(self.clock.now, execution.due_at)
        self.polled_at.append(self.clock.now)
        execution.polls += 1
        assert execution.polls <= POLLS_MAX, "the execution has too many polls"
        try:
            data = _as_json(self.functions.is_complete(_as_json(execution.data), self.context))
        except (Exception, Killed):  # noqa: BLE001 - the state machine retries after any error
            self._retry(execution)
            return
        execution.data, execution.retries = data, 0
        execution.due_at = self.clock.now + data["WaitSeconds"]
        if "Error" in data:
            execution.error, execution.cause = data["Error"], data["Cause"]
        if data["IsComplete"] or "Error" in data:
            self._waiting.remove(execution)

    def _retry(self, execution: Execution) -> None:
        execution.due_at = self.clock.now + RETRY_SECONDS
        execution.retries += 1
        if execution.due_at > execution.ends_at or execution.retries > RETRIES_MAX:
            self._waiting.remove(execution)
            self.abandoned.append(execution.data)

    def _start_polling(self, event: Event) -> None:
        if self._refused_starts:
            raise self._refused_starts.pop(0)
        data = {**_as_json(event), "StateMachineArn": STATE_MACHINE_ARN}
        name = state_machine.execution_name(data)
        if name not in self.executions:
            now = self.clock.now
            # Step Functions records milliseconds; every start gets a different one.
            started_at = datetime.fromtimestamp(now, UTC) + timedelta(milliseconds=len(self.executions))
            ends_at = now + self.execution_seconds_max
            self.executions[name] = Execution(data, now + data["WaitSeconds"], ends_at, started_at)
            self._waiting.append(self.executions[name])

    def _standing(self, event: Event) -> Standing:
        return state_machine.standing_among(event, self._list_all())

    def _list_executions(self, event: Event) -> list[ListedExecution]:
        resource = state_machine.execution_name(event).partition("-")[0]
        return [each for each in self._list_all() if each.name.startswith(resource)]

    def _list_all(self) -> list[ListedExecution]:
        if self._refused_lists:
            raise self._refused_lists.pop(0)
        return [
            ListedExecution(name, each.started_at, is_running=each in self._waiting)
            for name, each in self.executions.items()
        ]

    def _send(self, url: str, response: Mapping[str, object]) -> None:
        if self.undeliverable:
            self.undeliverable -= 1
            raise NotDeliveredError("CloudFormation did not accept the response")
        body = json.loads(body_of(response))
        read = Response(
            status=body["Status"],
            reason=body["Reason"],
            physical_resource_id=body["PhysicalResourceId"],
            attributes=body["Data"],
            request_id=body["RequestId"],
            sent_at=self.clock.now,
        )
        self.responses.setdefault(url, []).append(read)


def _as_json(event: Event) -> Event:
    copy: Event = json.loads(json.dumps(event))
    return copy
