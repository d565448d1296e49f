"""How an import is said to stand, from what AWS has told."""

import pytest

from personalize_import_cli.stack.jobs import Job, usual_seconds
from personalize_import_cli.stack.operations import Event
from personalize_import_cli.stack.sight import Jobs, Queue, Seen, Sight, State, seen, without_job
from tests.cli.stack.scenes import PROPERTIES, asked, job, job_name, of_import, of_stack

BEGIN = of_stack("CREATE_IN_PROGRESS", 1)
ASKED = of_import("CREATE_IN_PROGRESS", 100)
DATASET = str(PROPERTIES["DatasetArn"])


def judged(*events: Event, jobs: list[Job] | None = None, in_account: int | None = None) -> Seen:
    by_dataset = {DATASET: jobs or []}
    found = asked(BEGIN, *events)
    waiting = without_job(found, by_dataset)
    known = Jobs(now=200, by_dataset=by_dataset, running_in_account=in_account)
    return seen(found[-1], "Import", known, waiting, stack_now=150)


def test_an_import_without_a_job_is_starting_for_as_long_as_it_was_asked_for() -> None:
    found = judged(ASKED, in_account=4)
    assert (found.state, found.elapsed_seconds, found.queue) == (State.STARTING, 50, None)


def test_a_relay_without_a_job_is_waited_for_since_its_first_resource_was_asked_for() -> None:
    more = {"HandsOver": "true"}
    found = judged(of_import("CREATE_IN_PROGRESS", 100, more=more), of_import("CREATE_COMPLETE", 120, more=more))
    assert (found.state, found.elapsed_seconds) == (State.STARTING, 50)


def test_five_jobs_in_the_account_are_what_an_import_waits_for() -> None:
    found = judged(ASKED, in_account=5)
    assert (found.state, found.queue) == (State.WAITING, Queue(jobs_running=5, position=1, waiting=1))


def test_the_position_is_by_the_time_cloudformation_has_asked() -> None:
    later = of_import("CREATE_IN_PROGRESS", 120, logical_id="Later")
    earlier = of_import("CREATE_IN_PROGRESS", 90, logical_id="Earlier")
    assert judged(ASKED, earlier, later, in_account=5).queue == Queue(jobs_running=5, position=3, waiting=3)
    assert judged(ASKED, later, earlier, in_account=5).queue == Queue(jobs_running=5, position=1, waiting=3)


def test_another_job_of_the_dataset_is_what_an_import_waits_for() -> None:
    found = judged(ASKED, jobs=[job("by-hand")])
    assert (found.state, found.queue) == (State.WAITING, Queue(dataset_in_use_by="by-hand"))


@pytest.mark.parametrize("status", ["CREATE PENDING", "CREATE IN_PROGRESS"])
def test_a_job_runs_since_it_was_created(status: str) -> None:
    found = judged(ASKED, jobs=[job(job_name(), status, 110, 110)])
    assert (found.state, found.elapsed_seconds) == (State.RUNNING, 90)


def test_a_job_that_ended_took_as_long_as_it_was_updated_after_its_creation() -> None:
    found = judged(ASKED, jobs=[job(job_name(), "ACTIVE", 110, 150)])
    assert (found.state, found.elapsed_seconds) == (State.IMPORTED, 40)


def test_a_job_that_had_imported_it_before_leaves_nothing_to_import() -> None:
    done = job(job_name(), "ACTIVE", 10, 50)
    found = judged(ASKED, of_import("CREATE_COMPLETE", 101, physical_id=done.arn), jobs=[done])
    assert (found.state, found.elapsed_seconds) == (State.UNCHANGED, 40)


def test_a_job_that_fails_fails_the_import_before_cloudformation_knows_it() -> None:
    found = judged(ASKED, jobs=[job(job_name(), "CREATE FAILED", 110, 150, failure_reason="Too few.")])
    assert (found.state, found.reason) == (State.FAILED, "Too few.")


def test_a_failure_has_the_reason_of_its_event_without_what_cloudformation_puts_around_it() -> None:
    reason = "Received response status [FAILED] from custom resource. Message returned: Too few. "
    request_id = "(RequestId: 0f8fad5b-d9cb-469f-a165-70867728950e)"
    found = judged(ASKED, of_import("CREATE_FAILED", 130, reason=f"{reason}{request_id}"))
    assert (found.state, found.reason, found.elapsed_seconds) == (State.FAILED, "Too few.", 30)


def test_an_import_that_has_timed_out_has_failed_while_its_job_goes_on() -> None:
    found = judged(ASKED, of_import("CREATE_FAILED", 130, reason="Timed out."), jobs=[job(job_name(), created_at=110)])
    assert found.state is State.FAILED
    assert sight("ROLLBACK_COMPLETE", found).has_ended


def test_an_import_that_cloudformation_does_not_wait_for_goes_on_after_it() -> None:
    running = job(job_name(), created_at=110)
    found = judged(ASKED, of_import("CREATE_COMPLETE", 120, physical_id=running.arn), jobs=[running])
    assert found.state is State.RUNNING
    assert not sight("CREATE_COMPLETE", found).has_ended


def test_an_import_that_was_given_up_is_no_success() -> None:
    found = judged(ASKED, of_import("CREATE_FAILED", 130, reason="Resource creation cancelled"))
    assert found.state is State.CANCELLED
    assert sight("ROLLBACK_COMPLETE", found).fails


def test_what_is_usual_is_the_median_of_the_other_jobs_that_ended_well() -> None:
    earlier = [job(f"job-{seconds}", "ACTIVE", 0, seconds) for seconds in (100, 300, 200)]
    failed, mine = job("failed", "CREATE FAILED", 0, 5000), job(job_name(), "ACTIVE", 110, 190)
    assert judged(ASKED, jobs=[*earlier, failed, mine]).usual_seconds == 200
    assert usual_seconds([failed]) is None


@pytest.mark.parametrize("status", ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "REVIEW_IN_PROGRESS"])
def test_a_stack_in_progress_has_not_ended(status: str) -> None:
    assert not sight(status).has_ended


def sight(status: str, *imports: Seen) -> Sight:
    return Sight(stack_name="Shop", stack_id="id", stack_status=status, begun_at=1, imports=imports)
