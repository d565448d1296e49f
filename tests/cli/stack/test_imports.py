"""Which jobs are those of an import that was asked for."""

import pytest

from personalize_import_cli.stack.operations import Answer
from tests.cli.stack.scenes import asked, job, job_name, of_import, of_stack, of_wait

BEGIN = of_stack("CREATE_IN_PROGRESS", 1)
ASKED = of_import("CREATE_IN_PROGRESS", 100)


def test_a_job_is_found_by_its_name_while_the_resource_has_no_id() -> None:
    (one,) = asked(BEGIN, ASKED)
    mine = job(job_name())
    assert one.job_among([job("another"), mine]) == mine


def test_the_last_attempt_counts() -> None:
    (one,) = asked(BEGIN, ASKED)
    first, second = job(job_name(1), "CREATE FAILED", 110, 120), job(job_name(2), created_at=130)
    assert one.job_among([second, first]) == second


@pytest.mark.parametrize("status", ["ACTIVE", "CREATE FAILED"])
def test_a_job_that_had_ended_before_is_none_of_this_request(status: str) -> None:
    (one,) = asked(BEGIN, ASKED)
    assert one.job_among([job(job_name(), status, 10, 99)]) is None
    assert one.job_among([job(job_name(), status, 10, 101)]) is not None


def test_a_job_that_runs_since_before_the_request_is_joined() -> None:
    (one,) = asked(BEGIN, ASKED)
    assert one.job_among([job(job_name(), "CREATE IN_PROGRESS", 10, 20)]) is not None


def test_a_complete_request_has_adopted_the_latest_job_of_its_import_whenever_that_ended() -> None:
    found = job(job_name(), "ACTIVE", 10, 20)
    (one,) = asked(BEGIN, ASKED, of_import("CREATE_COMPLETE", 105, physical_id="Shop/Import"))
    assert one.job_among([found, job("old", "ACTIVE", 30, 40)]) == found
    assert one.found_done(found)


def test_a_resource_that_was_moved_keeps_the_names_of_its_jobs() -> None:
    moved = of_import("UPDATE_IN_PROGRESS", 100, logical_id="Moved", physical_id="Shop/Import")
    (one,) = asked(of_stack("UPDATE_IN_PROGRESS", 1), moved)
    assert one.job_among([job(job_name())]) is not None


def test_where_the_data_decides_on_the_name_all_jobs_of_the_resource_count() -> None:
    more = {"Reimport": "WHEN_DATA_CHANGES", "JobName": "shop"}
    (one,) = asked(BEGIN, of_import("CREATE_IN_PROGRESS", 100, more=more))
    mine = job("shop-0123456789ab-1")
    assert one.job_among([job("shop-eu-0123456789ab-1", created_at=50), mine, job("shop-by-hand")]) == mine


def test_properties_that_are_wrong_or_missing_name_no_job() -> None:
    (one,) = asked(BEGIN, of_import("CREATE_IN_PROGRESS", 100, more={"DataLocation": "nowhere"}))
    assert one.properties is None
    assert one.job_among([job(job_name())]) is None


def test_a_relay_is_one_import_and_is_finished_when_its_last_resource_is() -> None:
    running = job(job_name())
    first = of_import("CREATE_IN_PROGRESS", 100, more={"HandsOver": "true"})
    handed = of_import("CREATE_COMPLETE", 200, more={"HandsOver": "true"}, physical_id="Shop/Import")
    (one,) = asked(BEGIN, first, handed)
    assert one.answer is Answer.NONE
    assert one.job_among([running]) == running

    wait = of_wait("CREATE_IN_PROGRESS", 201, running.arn)
    (one,) = asked(BEGIN, first, handed, wait)
    assert [leg.logical_id for leg in one.legs] == ["Import", "ImportWait2"]
    assert (one.answer, one.first.asked_at) == (Answer.NONE, 100)

    (one,) = asked(BEGIN, first, handed, wait, of_wait("CREATE_COMPLETE", 300, running.arn))
    assert one.answer is Answer.COMPLETE


def test_a_relay_whose_later_resources_were_not_asked_is_over_with_the_operation() -> None:
    more = {"HandsOver": "true"}
    events = (BEGIN, of_import("UPDATE_IN_PROGRESS", 100, more=more), of_import("UPDATE_COMPLETE", 101, more=more))
    assert asked(*events)[0].answer is Answer.NONE
    assert asked(*events, is_over=True)[0].answer is Answer.COMPLETE


def test_what_was_never_answered_is_given_up_when_the_operation_is_over() -> None:
    assert asked(BEGIN, ASKED)[0].answer is Answer.NONE
    assert asked(BEGIN, ASKED, is_over=True)[0].answer is Answer.CANCELLED
