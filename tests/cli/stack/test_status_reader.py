"""The state of each import, from the events of CloudFormation and the jobs of Amazon Personalize."""

from collections.abc import Sequence

import pytest

from personalize_import_cli.stack.client import Job, StackResource
from personalize_import_cli.stack.stack_events import Event
from personalize_import_cli.stack.status import ImportStatus, StackStatus, State
from personalize_import_cli.stack.status_reader import read_status
from personalize_import_handler.contract import RESOURCE_TYPE
from tests.cli.stack.scenes import (
    DATASET_ARN,
    NESTED_ID,
    STACK_ID,
    FakeClient,
    job,
    job_name,
    of_import,
    of_nested_stack,
    of_stack,
    of_wait,
)

BEGIN = of_stack("CREATE_IN_PROGRESS", 1)
REQUESTED = of_import("CREATE_IN_PROGRESS", 100)
EXISTING = StackResource("Import", RESOURCE_TYPE, "Shop/Import")
FIVE_JOBS = [job(str(number)) for number in range(5)]


def client_of(
    *events: Event,
    status: str = "CREATE_IN_PROGRESS",
    jobs: Sequence[Job] = (),
    in_account: Sequence[Job] = (),
    resources: Sequence[StackResource] = (),
) -> FakeClient:
    return FakeClient(
        stack_events={STACK_ID: [BEGIN, *events]},
        statuses={STACK_ID: status},
        stack_resources=resources,
        listed_jobs={DATASET_ARN: jobs, None: in_account},
    )


def read(client: FakeClient) -> StackStatus:
    status = read_status(client, "Shop")
    assert status is not None
    return status


def only(client: FakeClient) -> ImportStatus:
    (status,) = read(client).imports
    return status


def test_a_stack_that_does_not_exist_has_no_status() -> None:
    assert read_status(client_of(), "None") is None


def test_an_import_without_a_job_is_starting_since_it_was_requested() -> None:
    found = only(client_of(REQUESTED, in_account=FIVE_JOBS[:4]))
    assert (found.name, found.state, found.started_at, found.elapsed_seconds) == (
        "Users/Import",
        State.STARTING,
        100,
        50,
    )


def test_an_import_that_was_not_requested_yet_is_pending() -> None:
    assert only(client_of()).state is State.PENDING


def test_a_template_that_can_not_be_read_hides_the_pending_imports_and_the_names() -> None:
    client = client_of(REQUESTED)
    client.body = {}
    assert only(client).name == "Import"


def test_five_jobs_in_the_account_queue_an_import() -> None:
    found = only(client_of(REQUESTED, in_account=FIVE_JOBS))
    assert found.state is State.QUEUED
    assert found.reason == "waiting for capacity: 5 jobs are running in the account"


def test_another_job_of_the_dataset_queues_an_import() -> None:
    client = client_of(REQUESTED, jobs=[job("by-hand")])
    found = only(client)
    assert found.state is State.QUEUED
    assert found.reason == "waiting for by-hand, which imports into the same dataset"


def test_the_jobs_of_the_account_are_listed_only_if_an_import_may_be_queued() -> None:
    for running in (job(job_name()), job("by-hand")):
        client = client_of(REQUESTED, jobs=[running])
        read(client)
        assert client.listed == [DATASET_ARN]


@pytest.mark.parametrize("status", ["CREATE PENDING", "CREATE IN_PROGRESS"])
def test_a_running_job_has_been_running_since_it_was_created(status: str) -> None:
    found = only(client_of(REQUESTED, jobs=[job(job_name(), status, 110, 110)]))
    assert (found.state, found.started_at, found.elapsed_seconds) == (State.RUNNING, 110, 90)


def test_a_job_that_ended_took_until_it_was_last_updated() -> None:
    found = only(client_of(REQUESTED, jobs=[job(job_name(), "ACTIVE", 110, 150)]))
    assert (found.state, found.elapsed_seconds) == (State.IMPORTED, 40)


def test_an_existing_job_that_was_adopted_leaves_the_data_unchanged() -> None:
    done = job(job_name(), "ACTIVE", 10, 50)
    found = only(client_of(REQUESTED, of_import("CREATE_COMPLETE", 101), jobs=[done]))
    assert (found.state, found.elapsed_seconds) == (State.UNCHANGED, 40)


def test_a_failed_job_gives_the_reason_until_cloudformation_has_one() -> None:
    client = client_of(REQUESTED, jobs=[job(job_name(), "CREATE FAILED", 110, 150)])
    found = only(client)
    assert found.state is State.FAILED
    assert found.reason.startswith("Too few. DatasetImportJob ")
    assert found.reason.endswith("run: personalize-import check s3://shop-data/users/ --schema FILE")
    assert read(client).has_failed


def test_a_failure_has_the_reason_of_its_event_without_the_words_of_cloudformation() -> None:
    reason = "Received response status [FAILED] from custom resource. Message returned: Too few. "
    request_id = "(RequestId: 0f8fad5b-d9cb-469f-a165-70867728950e)"
    found = only(client_of(REQUESTED, of_import("CREATE_FAILED", 130, reason=f"{reason}{request_id}")))
    assert (found.state, found.reason, found.elapsed_seconds) == (State.FAILED, "Too few.", 30)


def test_a_missing_response_comes_with_where_to_look() -> None:
    reason = "CloudFormation did not receive a response from your Custom Resource. Please check your logs"
    found = only(client_of(REQUESTED, of_import("CREATE_FAILED", 130, reason=reason)))
    assert found.reason.startswith(f"{reason} The functions of the provider did not respond in time. Check their log")


def test_an_import_that_timed_out_has_failed_although_its_job_continues() -> None:
    failed = of_import("CREATE_FAILED", 130, reason="Timed out.")
    status = read(client_of(REQUESTED, failed, status="ROLLBACK_COMPLETE", jobs=[job(job_name(), created_at=110)]))
    assert [each.state for each in status.imports] == [State.FAILED]
    assert status.has_ended


def test_a_job_that_cloudformation_does_not_wait_for_goes_on_after_the_operation() -> None:
    complete = of_import("CREATE_COMPLETE", 120)
    status = read(client_of(REQUESTED, complete, status="CREATE_COMPLETE", jobs=[job(job_name(), created_at=110)]))
    assert [each.state for each in status.imports] == [State.RUNNING]
    assert not status.has_ended


def test_a_cancelled_import_counts_as_failed_and_names_the_resource_that_failed() -> None:
    bucket = of_import("CREATE_FAILED", 3, logical_id="Bucket", resource_type="AWS::S3::Bucket", reason="taken")
    cancelled = of_import("CREATE_FAILED", 130, reason="Resource creation cancelled")
    status = read(client_of(REQUESTED, bucket, cancelled, status="ROLLBACK_COMPLETE"))
    (found,) = status.imports
    assert found.state is State.CANCELLED
    assert found.reason == "CloudFormation cancelled it because Bucket (AWS::S3::Bucket) failed: taken"
    assert status.has_failed


BUCKET_FAILED = of_import("CREATE_FAILED", 3, logical_id="Bucket", resource_type="AWS::S3::Bucket", reason="taken")
NOT_REACHED = "CloudFormation did not reach it because Bucket (AWS::S3::Bucket) failed: taken"


@pytest.mark.parametrize("status", ["ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"])
def test_an_import_that_was_not_reached_names_the_resource_that_failed(status: str) -> None:
    found = read(client_of(BUCKET_FAILED, status=status))

    (cancelled,) = found.imports
    assert (cancelled.name, cancelled.state, cancelled.reason) == ("Users/Import", State.CANCELLED, NOT_REACHED)
    assert found.has_failed
    assert found.first_failure == "Bucket (AWS::S3::Bucket) failed: taken"


def test_a_name_that_is_in_use_comes_with_the_fix() -> None:
    reason = "Another resource with Arn arn:aws:personalize:eu-west-1:123456789012:dataset-group/shop already exists."
    group = of_import("CREATE_FAILED", 3, logical_id="Group", resource_type="AWS::Personalize::X", reason=reason)

    found = only(client_of(group, status="ROLLBACK_COMPLETE"))

    assert found.reason.startswith(
        f"CloudFormation did not reach it because Group (AWS::Personalize::X) failed: {reason} "
    )
    assert (
        " Choose another name, or delete the existing resource; an earlier stack may have retained it" in found.reason
    )


def test_an_existing_import_that_a_failed_update_has_not_reached_is_unchanged() -> None:
    events = (
        of_import("CREATE_IN_PROGRESS", 100),
        of_import("CREATE_COMPLETE", 130),
        of_stack("UPDATE_IN_PROGRESS", 140),
        BUCKET_FAILED,
    )
    (found,) = read(client_of(*events, status="UPDATE_ROLLBACK_COMPLETE", resources=[EXISTING])).imports
    assert found.state is State.UNCHANGED


def test_the_first_failure_is_known_also_if_the_template_can_not_be_read() -> None:
    client = client_of(BUCKET_FAILED, status="ROLLBACK_COMPLETE")
    client.body = {}
    found = read(client)
    assert (found.imports, found.first_failure) == ((), "Bucket (AWS::S3::Bucket) failed: taken")


@pytest.mark.parametrize("status", ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "REVIEW_IN_PROGRESS"])
def test_a_stack_in_progress_has_not_ended(status: str) -> None:
    assert not read(client_of(status=status)).has_ended


def test_a_wait_chain_is_one_import() -> None:
    running = job(job_name(), created_at=110)
    more = {"HandsOver": "true"}
    first = (of_import("CREATE_IN_PROGRESS", 100, more=more), of_import("CREATE_COMPLETE", 120, more=more))
    waiting = of_wait("CREATE_IN_PROGRESS", 121, running.arn)
    found = only(client_of(*first, waiting, jobs=[running]))
    assert (found.logical_id, found.state, found.started_at) == ("Import", State.RUNNING, 110)
    timed_out = of_wait("CREATE_FAILED", 190, running.arn, reason="Timed out.")
    assert only(client_of(*first, waiting, timed_out, jobs=[running])).reason == "Timed out."


def test_an_import_that_the_last_operation_did_not_change_has_the_job_of_the_one_before() -> None:
    events = (
        of_import("CREATE_IN_PROGRESS", 100),
        of_import("CREATE_COMPLETE", 130),
        of_stack("UPDATE_IN_PROGRESS", 140),
    )
    done = job(job_name(), "ACTIVE", 110, 130)
    status = read(client_of(*events, status="UPDATE_COMPLETE", resources=[EXISTING], jobs=[done]))
    (found,) = status.imports
    assert (found.state, found.job, found.elapsed_seconds) == (State.UNCHANGED, done, 20)
    assert status.has_ended
    assert not status.has_failed


def test_a_refresh_that_failed_after_the_operation_is_no_failed_import() -> None:
    events = (of_import("CREATE_IN_PROGRESS", 100), of_import("CREATE_COMPLETE", 130))
    deployed, refreshed = job(job_name(), "ACTIVE", 110, 130), job(job_name(2), "CREATE FAILED", 500, 510)
    status = read(client_of(*events, status="CREATE_COMPLETE", resources=[EXISTING], jobs=[refreshed, deployed]))
    (found,) = status.imports
    assert (found.state, found.job) == (State.IMPORTED, deployed)
    assert not status.has_failed


def test_a_failure_of_an_earlier_operation_is_past() -> None:
    events = (
        of_import("CREATE_IN_PROGRESS", 100),
        of_import("CREATE_COMPLETE", 130),
        of_stack("UPDATE_IN_PROGRESS", 140),
        of_import("UPDATE_IN_PROGRESS", 141),
        of_import("UPDATE_FAILED", 142, reason="Too few."),
        of_stack("UPDATE_ROLLBACK_IN_PROGRESS", 143),
        of_import("UPDATE_IN_PROGRESS", 144),
        of_import("UPDATE_COMPLETE", 145),
    )
    before = read(client_of(*events, status="UPDATE_ROLLBACK_COMPLETE", resources=[EXISTING]))
    assert [(each.state, each.is_rollback) for each in before.imports] == [
        (State.FAILED, False),
        (State.IMPORTED, True),
    ]
    after = read(
        client_of(*events, of_stack("UPDATE_IN_PROGRESS", 150), status="UPDATE_COMPLETE", resources=[EXISTING])
    )
    assert [each.state for each in after.imports] == [State.UNCHANGED]


def test_an_import_that_a_condition_left_out_is_not_shown_after_the_operation() -> None:
    assert read(client_of(status="CREATE_COMPLETE")).imports == ()


def nested(status: str, *events: Event, root_events: Sequence[Event] = (BEGIN,)) -> StackStatus:
    client = client_of()
    client.statuses = {STACK_ID: "UPDATE_IN_PROGRESS", NESTED_ID: status}
    client.stack_events = {STACK_ID: [*root_events, of_nested_stack("CREATE_IN_PROGRESS", 2)], NESTED_ID: events}
    client.body = {}
    return read(client)


def test_the_imports_of_nested_stacks_are_found_after_a_rollback_too() -> None:
    failed = of_import("CREATE_FAILED", 130, reason="Too few.")
    (found,) = nested("DELETE_COMPLETE", BEGIN, REQUESTED, failed).imports
    assert (found.logical_id, found.state, found.reason) == ("Import", State.FAILED, "Too few.")


def test_an_earlier_failure_in_a_nested_stack_that_the_operation_did_not_change_is_past() -> None:
    failed = of_import("CREATE_FAILED", 130, reason="Too few.")
    later = (BEGIN, of_stack("UPDATE_IN_PROGRESS", 140))
    assert nested("UPDATE_ROLLBACK_COMPLETE", BEGIN, REQUESTED, failed, root_events=later).imports == ()


def test_a_cancelled_import_of_a_nested_stack_names_the_failure_in_its_parent() -> None:
    bucket = of_import("CREATE_FAILED", 3, logical_id="Bucket", resource_type="AWS::S3::Bucket", reason="taken")
    cancelled = of_import("CREATE_FAILED", 130, reason="Resource creation cancelled")
    (found,) = nested("DELETE_COMPLETE", BEGIN, REQUESTED, cancelled, root_events=(BEGIN, bucket)).imports
    assert found.reason == "CloudFormation cancelled it because Bucket (AWS::S3::Bucket) failed: taken"
