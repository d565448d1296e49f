"""A stack with imports that triggers refresh between deploys and during them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from personalize_import_handler.aws.stacks import RootStack
from personalize_import_handler.cloudformation import state_machine
from personalize_import_handler.cloudformation.custom_resource import Event
from personalize_import_handler.contract import REFRESH_TAG
from tests.faults.support.pair import FULL, Member, Pair
from tests.handler.support.account import Account, Execution
from tests.handler.support.fakes_stacks import stack_id_of


@dataclass
class TriggeredAccount(Account):
    """An account in which events of triggers arrive while other executions run."""

    events_due: list[tuple[float, Event]] = field(default_factory=list)
    """The events of triggers, and when they arrive."""
    statuses_at_start: list[str] = field(default_factory=list)
    """The status of the stack when each job was started."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.personalize.files_at = self._files_at_start

    def _files_at_start(self, location: str) -> tuple[str, ...]:
        self.statuses_at_start.append(self.stacks.statuses[stack_id_of("shop")])
        return self.storage.files_at(location)

    def step(self) -> None:
        next_at = min(execution.due_at for execution in self._waiting)
        while self.events_due and self.events_due[0][0] <= next_at:
            self.deliver_next()
            next_at = min(execution.due_at for execution in self._waiting)
        super().step()

    def deliver_next(self) -> None:
        due_at, event = self.events_due.pop(0)
        self.clock.now = max(self.clock.now, due_at)
        self.deliver(event)


@dataclass
class RefreshedPair(Pair):
    """A stack with a FULL import and INCREMENTAL ones after it, each with triggers."""

    account: TriggeredAccount
    full_locations: Sequence[str] = ()
    """All locations that the FULL import may have."""
    refreshes: dict[str, Event] = field(default_factory=dict)
    """The event of each execution of a refresh, by its name."""

    def settle(self) -> None:
        """End the operation of the stack."""
        self.account.stacks.statuses[self.stack_id] = (
            "UPDATE_ROLLBACK_COMPLETE" if self.rollbacks else "UPDATE_COMPLETE"
        )

    @property
    def stack_id(self) -> str:
        return self.members[FULL].stack_id

    def event_for(self, name: str, **options: Any) -> Event:
        """Return an event of a trigger of a resource, with the properties after the last successful operation."""
        member: Member = self.members[name]
        event = member.refresh_event(properties=member.settled, **options)
        self.refreshes[state_machine.execution_name(event)] = event
        return event

    def refresh(self, name: str, **options: Any) -> Execution:
        """Refresh an import, and return the execution after its end."""
        execution = self.account.refresh(self.event_for(name, **options))
        self.finish()
        return execution

    def finish(self) -> None:
        """Deliver all events, and run all executions to their end."""
        self.account.run()
        while self.account.events_due:
            self.account.deliver_next()
            self.account.run()

    def files_at(self, name: str) -> tuple[str, ...]:
        """Return the present files of an import."""
        return self.account.storage.files_at(self.template[name]["DataLocation"])

    def assert_invariants(self) -> None:
        """Check what holds at any time after all executions have ended."""
        self.assert_one_job_at_a_time()
        self.assert_refreshes_start_jobs_while_the_stack_is_settled()
        self.assert_each_refresh_has_one_outcome()
        self.assert_no_file_is_imported_twice()
        self.assert_the_location_is_the_present_one()
        assert self.account.abandoned == []

    def assert_one_job_at_a_time(self) -> None:
        jobs = sorted(self.account.personalize.jobs.values(), key=lambda job: job.created_at)
        for first, second in pairwise(jobs):
            ended_at = first.created_at + first.job_behavior.seconds
            assert ended_at <= second.created_at, f"{second.name} was started while {first.name} was running"

    def assert_refreshes_start_jobs_while_the_stack_is_settled(self) -> None:
        executions = [self.account.executions[name] for name in self.refreshes if name in self.account.executions]
        requested = {execution.data["RequestedAt"] for execution in executions}
        jobs = self.account.personalize.jobs.values()
        for job, status in zip(jobs, self.account.statuses_at_start, strict=True):
            if requested_at := self.account.personalize.tags[job.arn].get(REFRESH_TAG):
                assert RootStack("shop", status).is_settled, f"a refresh started {job.name} while {status}"
                assert requested_at in requested

    def assert_each_refresh_has_one_outcome(self) -> None:
        for name in self.refreshes:
            if execution := self.account.executions.get(name):
                assert execution.data["IsComplete"]
                assert ("Refresh" in execution.data) != ("Error" in execution.data)

    def assert_the_location_is_the_present_one(self) -> None:
        """Check that no refresh with old properties has replaced the data of a deploy."""
        full = [row for row in self.account.personalize.imported() if row in self.full_locations]
        assert full in ([], [self.template[FULL]["DataLocation"]])

    def assert_no_file_is_imported_twice(self) -> None:
        times = Counter(self.account.personalize.rows())
        assert max(times.values(), default=1) == 1, f"imported twice: {times.most_common(3)}"
