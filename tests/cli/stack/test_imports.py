"""The jobs that belong to a requested import."""

import pytest

from personalize_import_cli.stack.stack_events import Outcome
from tests.cli.stack.scenes import job, job_name, of_import, of_stack, of_wait, requested

BEGIN = of_stack("CREATE_IN_PROGRESS", 1)
REQUESTED = of_import("CREATE_IN_PROGRESS", 100)


def test_a_job_is_found_by_its_name_while_the_resource_has_no_id() -> None:
    (one,) = requested(BEGIN, REQUESTED)
    mine = job(job_name())
    assert one.find_job([job("another"), mine]) == mine


def test_the_last_attempt_counts() -> None:
    (one,) = requested(BEGIN, REQUESTED)
    first, second = job(job_name(1), "CREATE FAILED", 110, 120), job(job_name(2), created_at=130)
    assert one.find_job([second, first]) == second


@pytest.mark.parametrize("status", ["ACTIVE", "CREATE FAILED"])
def test_a_job_that_ended_before_the_request_does_not_belong_to_it(status: str) -> None:
    (one,) = requested(BEGIN, REQUESTED)
    assert one.find_job([job(job_name(), status, 10, 99)]) is None
    assert one.find_job([job(job_name(), status, 10, 101)]) is not None


def test_a_job_that_was_running_before_the_request_is_adopted() -> None:
    (one,) = requested(BEGIN, REQUESTED)
    assert one.find_job([job(job_name(), "CREATE IN_PROGRESS", 10, 20)]) is not None


def test_a_complete_request_has_adopted_the_latest_job_of_its_import_whenever_that_ended() -> None:
    found = job(job_name(), "ACTIVE", 10, 20)
    (one,) = requested(BEGIN, REQUESTED, of_import("CREATE_COMPLETE", 105, physical_id="Shop/Import"))
    assert one.find_job([found, job("old", "ACTIVE", 30, 40)]) == found


@pytest.mark.parametrize("outcome", ["CREATE_COMPLETE", "CREATE_FAILED"])
@pytest.mark.parametrize("status", ["CREATE IN_PROGRESS", "ACTIVE", "CREATE FAILED"])
def test_a_job_that_was_created_after_the_response_is_that_of_a_refresh(outcome: str, status: str) -> None:
    deployed, refreshed = job(job_name(1), "ACTIVE", 110, 120), job(job_name(2), status, 300, 310)
    (one,) = requested(BEGIN, REQUESTED, of_import(outcome, 121))
    assert one.find_job([refreshed, deployed]) == deployed


def test_a_job_of_an_import_that_was_cancelled_without_an_event_is_found() -> None:
    (one,) = requested(BEGIN, REQUESTED, is_over=True)
    assert one.find_job([job(job_name(), created_at=300)]) is not None


def test_a_resource_that_was_moved_keeps_the_names_of_its_jobs() -> None:
    moved = of_import("UPDATE_IN_PROGRESS", 100, logical_id="Moved", physical_id="Shop/Import")
    (one,) = requested(of_stack("UPDATE_IN_PROGRESS", 1), moved)
    assert one.find_job([job(job_name())]) is not None


def test_a_name_with_the_fingerprint_of_the_data_matches_by_its_prefix() -> None:
    more = {"Reimport": "WHEN_DATA_CHANGES", "JobName": "shop"}
    (one,) = requested(BEGIN, of_import("CREATE_IN_PROGRESS", 100, more=more))
    mine = job("shop-0123456789ab-1")
    assert one.find_job([job("shop-eu-0123456789ab-1", created_at=50), mine, job("shop-by-hand")]) == mine


def test_invalid_or_missing_properties_match_no_job() -> None:
    (one,) = requested(BEGIN, of_import("CREATE_IN_PROGRESS", 100, more={"DataLocation": "nowhere"}))
    assert one.properties is None
    assert one.find_job([job(job_name())]) is None


def test_a_wait_chain_is_one_import_that_ends_with_its_last_resource() -> None:
    running = job(job_name())
    first = of_import("CREATE_IN_PROGRESS", 100, more={"HandsOver": "true"})
    handed = of_import("CREATE_COMPLETE", 200, more={"HandsOver": "true"}, physical_id="Shop/Import")
    (one,) = requested(BEGIN, first, handed)
    assert one.outcome is Outcome.PENDING
    assert one.find_job([running]) == running

    wait = of_wait("CREATE_IN_PROGRESS", 201, running.arn)
    (one,) = requested(BEGIN, first, handed, wait)
    assert (one.logical_id, one.last.first.logical_id) == ("Import", "ImportWait2")
    assert (one.outcome, one.requested_at) == (Outcome.PENDING, 100)

    (one,) = requested(BEGIN, first, handed, wait, of_wait("CREATE_COMPLETE", 300, running.arn))
    assert one.outcome is Outcome.COMPLETE


def test_a_wait_chain_whose_later_resources_were_not_requested_ends_with_the_operation() -> None:
    more = {"HandsOver": "true"}
    events = (BEGIN, of_import("UPDATE_IN_PROGRESS", 100, more=more), of_import("UPDATE_COMPLETE", 101, more=more))
    assert requested(*events)[0].outcome is Outcome.PENDING
    assert requested(*events, is_over=True)[0].outcome is Outcome.COMPLETE


def test_a_request_without_an_outcome_is_cancelled_when_the_operation_has_ended() -> None:
    assert requested(BEGIN, REQUESTED)[0].outcome is Outcome.PENDING
    assert requested(BEGIN, REQUESTED, is_over=True)[0].outcome is Outcome.CANCELLED
