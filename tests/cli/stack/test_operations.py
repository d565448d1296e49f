"""What a stack's events say of its operations, and of what was asked for in them."""

from personalize_import_cli.stack.operations import Answer, operations
from tests.cli.stack.scenes import last, of_import, of_stack

CREATED = (
    of_stack("REVIEW_IN_PROGRESS", 1),
    of_stack("CREATE_IN_PROGRESS", 2),
    of_import("CREATE_IN_PROGRESS", 3),
    of_import("CREATE_IN_PROGRESS", 8, reason="Resource creation Initiated", physical_id="arn"),
    of_import("CREATE_COMPLETE", 9, physical_id="arn"),
    of_stack("CREATE_COMPLETE", 10),
)


def test_an_operation_is_what_the_user_has_asked_for() -> None:
    found = operations([*CREATED, of_stack("UPDATE_IN_PROGRESS", 20), of_stack("UPDATE_COMPLETE", 30)])
    assert [operation.begun_at for operation in found] == [1, 2, 20]
    assert [len(operation.requests) for operation in found] == [0, 1, 0]


def test_a_request_begins_with_its_first_event_and_is_answered_by_its_last() -> None:
    (request,) = last(*CREATED).requests
    assert (request.asked_at, request.answered_at) == (3, 9)
    assert request.answer is Answer.COMPLETE
    assert request.physical_id == "arn"
    assert not request.rolls_back


def test_what_a_rollback_asks_for_is_a_request_of_its_own() -> None:
    operation = last(
        of_stack("UPDATE_IN_PROGRESS", 1),
        of_import("UPDATE_IN_PROGRESS", 2),
        of_import("UPDATE_FAILED", 3, reason="Input csv is empty."),
        of_stack("UPDATE_ROLLBACK_IN_PROGRESS", 4),
        of_import("UPDATE_IN_PROGRESS", 5, physical_id="old"),
        of_import("UPDATE_COMPLETE", 6, physical_id="old"),
        of_stack("UPDATE_ROLLBACK_COMPLETE", 7),
    )
    failed, undone = operation.requests
    assert (failed.answer, failed.reason, failed.rolls_back) == (Answer.FAILED, "Input csv is empty.", False)
    assert (undone.answer, undone.physical_id, undone.rolls_back) == (Answer.COMPLETE, "old", True)
    assert operation.first_failure is not None
    assert operation.first_failure.at == 3


def test_a_deletion_asks_for_no_import() -> None:
    operation = last(*CREATED[:-1], of_import("DELETE_IN_PROGRESS", 11), of_import("DELETE_COMPLETE", 12))
    assert [request.answer for request in operation.requests] == [Answer.COMPLETE]


def test_what_cloudformation_has_given_up_has_not_failed() -> None:
    operation = last(
        of_stack("CREATE_IN_PROGRESS", 1),
        of_import("CREATE_IN_PROGRESS", 2),
        of_import("CREATE_FAILED", 3, logical_id="Other", resource_type="AWS::S3::Bucket", reason="taken"),
        of_import("CREATE_FAILED", 4, reason="Resource creation cancelled"),
    )
    assert operation.requests[0].answer is Answer.CANCELLED
    assert operation.first_failure is not None
    assert operation.first_failure.logical_id == "Other"


def test_events_that_begin_in_the_middle_of_an_operation_are_one() -> None:
    assert len(operations([of_import("CREATE_COMPLETE", 9, physical_id="arn"), of_stack("CREATE_COMPLETE", 10)])) == 1
