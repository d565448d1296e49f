"""The operations of a stack and their requests, from its events."""

from personalize_import_cli.stack.stack_events import Outcome, operations
from tests.cli.stack.scenes import last, of_import, of_stack

CREATED = (
    of_stack("REVIEW_IN_PROGRESS", 1),
    of_stack("CREATE_IN_PROGRESS", 2),
    of_import("CREATE_IN_PROGRESS", 3),
    of_import("CREATE_IN_PROGRESS", 8, reason="Resource creation Initiated", physical_id="arn"),
    of_import("CREATE_COMPLETE", 9),
    of_stack("CREATE_COMPLETE", 10),
)


def test_each_create_or_update_of_the_stack_is_an_operation() -> None:
    found = operations([*CREATED, of_stack("UPDATE_IN_PROGRESS", 20), of_stack("UPDATE_COMPLETE", 30)])
    assert [operation.started_at for operation in found] == [1, 2, 20]
    assert [len(operation.requests) for operation in found] == [0, 1, 0]


def test_a_request_starts_with_its_first_event_and_ends_with_its_last() -> None:
    (request,) = last(*CREATED).requests
    assert (request.first.at, request.last.at) == (3, 9)
    assert request.last.outcome is Outcome.COMPLETE
    assert request.physical_id == "arn"
    assert not request.is_rollback


def test_a_rollback_makes_a_request_of_its_own() -> None:
    operation = last(
        of_stack("UPDATE_IN_PROGRESS", 1),
        of_import("UPDATE_IN_PROGRESS", 2),
        of_import("UPDATE_FAILED", 3, reason="Input csv is empty."),
        of_stack("UPDATE_ROLLBACK_IN_PROGRESS", 4),
        of_import("UPDATE_IN_PROGRESS", 5, physical_id="old"),
        of_import("UPDATE_COMPLETE", 6, physical_id="old"),
        of_stack("UPDATE_ROLLBACK_COMPLETE", 7),
    )
    failed, restored = operation.requests
    assert (failed.last.outcome, failed.last.reason, failed.is_rollback) == (
        Outcome.FAILED,
        "Input csv is empty.",
        False,
    )
    assert (restored.last.outcome, restored.physical_id, restored.is_rollback) == (Outcome.COMPLETE, "old", True)
    assert operation.first_failure is not None
    assert operation.first_failure.at == 3


def test_a_rollback_that_is_continued_is_pending_again() -> None:
    operation = last(
        of_stack("UPDATE_IN_PROGRESS", 1),
        of_stack("UPDATE_ROLLBACK_IN_PROGRESS", 4),
        of_import("UPDATE_IN_PROGRESS", 5),
        of_import("UPDATE_FAILED", 6, reason="Too few."),
        of_stack("UPDATE_ROLLBACK_FAILED", 7),
        of_stack("UPDATE_ROLLBACK_IN_PROGRESS", 8),
        of_import("UPDATE_IN_PROGRESS", 9),
    )
    assert [request.last.outcome for request in operation.requests] == [Outcome.PENDING]


def test_a_deletion_requests_no_import() -> None:
    operation = last(*CREATED[:-1], of_import("DELETE_IN_PROGRESS", 11), of_import("DELETE_COMPLETE", 12))
    assert [request.last.outcome for request in operation.requests] == [Outcome.COMPLETE]


def test_a_cancelled_request_is_not_the_failure() -> None:
    operation = last(
        of_stack("CREATE_IN_PROGRESS", 1),
        of_import("CREATE_IN_PROGRESS", 2),
        of_import("CREATE_FAILED", 3, logical_id="Other", resource_type="AWS::S3::Bucket", reason="taken"),
        of_import("CREATE_FAILED", 4, reason="Resource creation cancelled"),
    )
    assert operation.requests[0].last.outcome is Outcome.CANCELLED
    assert operation.first_failure is not None
    assert operation.first_failure.logical_id == "Other"


def test_events_that_start_in_the_middle_of_an_operation_are_one() -> None:
    assert len(operations([of_import("CREATE_COMPLETE", 9, physical_id="arn"), of_stack("CREATE_COMPLETE", 10)])) == 1
