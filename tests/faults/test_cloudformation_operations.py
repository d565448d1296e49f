"""Operations of CloudFormation at any time: cancel, roll back, delete, and create again."""

import pytest

from personalize_import_handler.errors import BusyError
from tests.faults.support.invariants import assert_invariants
from tests.faults.support.stack import Stack
from tests.handler.support.account import Account
from tests.handler.support.fakes import FakePersonalize, JobBehavior
from tests.handler.support.properties import DATA_LOCATION, properties

NO_ROOM = BusyError(
    "CreateDatasetImportJob", "LimitExceededException", "More than 5 resources with PENDING or IN_PROGRESS status."
)
OTHER_LOCATION = "s3://shop-data/interactions-2/"


def running(personalize: FakePersonalize) -> list[str]:
    jobs = personalize.jobs.values()
    return [job.name for job in jobs if personalize.clock.now < job.created_at + job.job_behavior.seconds]


@pytest.mark.parametrize("seconds", [300, 2400])
def test_a_first_deployment_that_is_cancelled_during_the_import_waits_for_the_end_of_the_job(
    seconds: float, stack: Stack, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(seconds=seconds)

    deleted = stack.interrupt(properties())

    assert deleted.sent_at - next(iter(personalize.jobs.values())).created_at >= seconds
    assert_invariants(stack)


def test_an_update_that_is_cancelled_during_the_import_is_followed_by_an_import_of_the_old_data(
    stack: Stack, personalize: FakePersonalize
) -> None:
    stack.deploy(properties())
    personalize.job_behavior = JobBehavior(seconds=900)

    stack.interrupt(properties(DataLocation=OTHER_LOCATION))

    assert personalize.imported() == [DATA_LOCATION]
    assert personalize.max_running == 1
    assert_invariants(stack)


def test_an_update_that_times_out_is_rolled_back_after_the_end_of_its_job(
    stack: Stack, personalize: FakePersonalize
) -> None:
    stack.deploy(properties())
    personalize.job_behavior = JobBehavior(seconds=1200)

    failed = stack.deploy(properties(DataLocation=OTHER_LOCATION, TimeoutSeconds=60))

    assert failed.reason.startswith("Timed out")
    assert personalize.max_running == 1
    assert personalize.imported() == [DATA_LOCATION]
    assert_invariants(stack)


def test_an_update_whose_job_fails_is_rolled_back_without_another_import(
    stack: Stack, personalize: FakePersonalize
) -> None:
    stack.deploy(properties())
    personalize.job_behavior = JobBehavior(end="CREATE FAILED", failure_reason="Broken row")

    assert not stack.deploy(properties(DataLocation=OTHER_LOCATION)).succeeded
    assert personalize.imported() == [DATA_LOCATION]
    assert len(personalize.jobs) == 2
    assert_invariants(stack)


def test_an_update_is_rolled_back_after_its_job_has_succeeded(stack: Stack, personalize: FakePersonalize) -> None:
    stack.deploy(properties())

    stack.deploy(properties(DataLocation=OTHER_LOCATION), another_resource_fails=True)

    assert personalize.imported() == [DATA_LOCATION]
    assert_invariants(stack)


def test_an_incremental_update_is_rolled_back_after_it_has_appended_its_rows(
    stack: Stack, personalize: FakePersonalize
) -> None:
    stack.deploy(properties())

    stack.deploy(properties(DataLocation=OTHER_LOCATION, ImportMode="INCREMENTAL"), another_resource_fails=True)

    assert personalize.imported() == [DATA_LOCATION]
    assert_invariants(stack)


def test_a_failed_incremental_update_is_rolled_back_without_another_import(
    stack: Stack, personalize: FakePersonalize
) -> None:
    stack.deploy(properties())
    personalize.job_behavior = JobBehavior(end="CREATE FAILED")

    stack.deploy(properties(DataLocation=OTHER_LOCATION, ImportMode="INCREMENTAL"))

    assert len(personalize.jobs) == 2
    assert_invariants(stack)


def test_an_incremental_import_of_another_resource_does_not_make_a_rollback_import_again(
    stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    stack.deploy(properties())
    other = Stack(account, logical_id="Appended")
    other.deploy(properties(DataLocation="s3://shop-data/appended/", ImportMode="INCREMENTAL"))
    personalize.job_behavior = JobBehavior(end="CREATE FAILED")

    stack.deploy(properties(DataLocation=OTHER_LOCATION))

    assert personalize.imported() == [DATA_LOCATION, "s3://shop-data/appended/"]


def test_a_stack_is_deleted_while_its_job_is_not_monitored(
    stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    stack.deploy(properties(Wait=False))
    assert running(personalize)

    stack.back_to(None)

    assert running(personalize) == []
    assert_invariants(stack)


def test_a_stack_is_deleted_during_the_import_of_an_update(stack: Stack, personalize: FakePersonalize) -> None:
    stack.deploy(properties())
    stack.begin("Update", properties(ReimportToken="2"))

    assert stack.back_to(None).succeeded
    assert_invariants(stack)


def test_a_failed_first_deployment_is_repeated_while_its_job_still_runs(
    stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(seconds=3000)
    stack.create(properties(TimeoutSeconds=60))
    stack.generation = 2
    assert running(personalize)

    assert stack.deploy(properties()).succeeded
    assert len(personalize.jobs) == 1
    assert_invariants(stack)


def test_a_first_deployment_that_is_cancelled_while_its_import_is_queued_starts_no_job(
    stack: Stack, personalize: FakePersonalize
) -> None:
    personalize.fail_next("create_dataset_import_job", NO_ROOM)

    stack.interrupt(properties())

    assert_invariants(stack)
    assert personalize.jobs == {}


def test_an_update_that_is_cancelled_while_its_import_is_queued_keeps_the_old_data(
    stack: Stack, personalize: FakePersonalize
) -> None:
    stack.deploy(properties())
    personalize.fail_next("create_dataset_import_job", NO_ROOM)

    stack.interrupt(properties(DataLocation=OTHER_LOCATION))

    assert_invariants(stack)
    assert len(personalize.jobs) == 1


def test_a_rollback_whose_import_failed_is_continued_and_imports_the_old_data(
    stack: Stack, personalize: FakePersonalize
) -> None:
    stack.deploy(properties())
    stack.update(properties(DataLocation=OTHER_LOCATION))
    personalize.job_behavior = JobBehavior(end="CREATE FAILED", failure_reason="The file is gone.")

    failed = stack.roll_back()
    personalize.job_behavior = JobBehavior()
    continued = stack.update(properties())

    assert failed.reason.startswith("The file is gone.")
    assert continued.succeeded
    assert personalize.imported() == [DATA_LOCATION]
    assert_invariants(stack)


def test_an_update_that_replaces_the_dataset_imports_the_data_again(stack: Stack, personalize: FakePersonalize) -> None:
    stack.deploy(properties())

    assert stack.deploy(properties(DatasetDefinition={"Name": "other"}), replaces_dataset=True).succeeded
    assert personalize.imported() == [DATA_LOCATION]
    assert_invariants(stack)


@pytest.mark.parametrize("location", [DATA_LOCATION, OTHER_LOCATION])
def test_a_rollback_that_replaces_the_dataset_again_imports_the_data_again(
    location: str, stack: Stack, personalize: FakePersonalize
) -> None:
    stack.deploy(properties())
    changed = properties(DatasetDefinition={"Name": "other"}, DataLocation=location)

    stack.deploy(changed, replaces_dataset=True, another_resource_fails=True)

    assert personalize.imported() == [DATA_LOCATION]
    assert_invariants(stack)


def test_a_moved_resource_keeps_its_job_and_a_rollback_adopts_the_previous_one(
    stack: Stack, personalize: FakePersonalize
) -> None:
    stack.deploy(properties())
    stack.logical_id, stack.stack_name = "Moved", "another-stack"

    stack.deploy(properties(Tags=[{"Key": "stage", "Value": "prod"}]))
    assert len(personalize.jobs) == 1
    personalize.job_behavior = JobBehavior(end="CREATE FAILED")
    stack.deploy(properties(DataLocation=OTHER_LOCATION))

    assert len(personalize.jobs) == 2
    assert personalize.imported() == [DATA_LOCATION]


@pytest.mark.parametrize("fails", [False, True])
def test_an_incremental_import_runs_again_after_a_full_import_that_removed_its_rows(
    fails: bool, stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    appended = "s3://shop-data/appended/"
    added = Stack(account, logical_id="Appended")

    def deploy(location: str) -> None:
        full = stack.deploy(properties(DataLocation=location))
        added.deploy(properties(DataLocation=appended, ImportMode="INCREMENTAL", After=full.job_arn))

    deploy(DATA_LOCATION)
    before = stack.settled, added.settled
    deploy(OTHER_LOCATION)
    assert personalize.imported() == [OTHER_LOCATION, appended]
    if fails:
        for resource, properties_before in zip((stack, added), before, strict=True):
            resource.back_to(properties_before)
        assert personalize.imported() == [DATA_LOCATION, appended]
    assert_invariants(stack, added)


@pytest.mark.parametrize("changed", [{}, {"DataLocation": OTHER_LOCATION}])
def test_a_dataset_is_deleted_and_created_again_outside_the_stack(
    changed: dict[str, str], stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    stack.deploy(properties())
    account.clock.advance(60)
    personalize.delete_dataset()
    personalize.recreate_dataset()

    assert stack.deploy(properties(**changed)).succeeded
    assert personalize.imported() == [changed.get("DataLocation", DATA_LOCATION)]
    assert_invariants(stack)


def test_a_stack_is_destroyed_and_deployed_again(stack: Stack, account: Account, personalize: FakePersonalize) -> None:
    stack.deploy(properties())
    assert stack.delete().succeeded
    account.clock.advance(60)
    again = Stack(account, generation=2)

    assert again.deploy(properties()).succeeded
    assert len(personalize.jobs) == 2
    assert personalize.imported() == [DATA_LOCATION]
