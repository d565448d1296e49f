"""An update fails between a FULL import and the INCREMENTAL one that comes after it: no rows are lost."""

import pytest

from personalize_import_handler.errors import BusyError
from tests.faults.support.pair import ADDED, FULL, Pair, template
from tests.handler.support.account import Account, Killed
from tests.handler.support.fakes import FakePersonalize, JobBehavior

ONE, TWO, ROWS, OTHER_ROWS = "s3://shop-data/1/", "s3://shop-data/2/", "s3://shop-data/rows/", "s3://shop-data/others/"


@pytest.fixture
def pair(account: Account) -> Pair:
    pair = Pair(account)
    assert pair.deploy(template(ONE, ROWS))
    return pair


def test_another_resource_fails_between_the_two_imports(pair: Pair) -> None:
    pair.deploy(template(TWO, ROWS), fails_before=ADDED)

    assert pair.rows == [ONE, ROWS]


@pytest.mark.parametrize("added", [ROWS, OTHER_ROWS])
def test_the_update_is_cancelled_while_the_full_import_runs(added: str, pair: Pair) -> None:
    pair.deploy(template(TWO, added), interrupted_in=FULL)

    assert pair.rows == [ONE, ROWS]


@pytest.mark.parametrize("added", [ROWS, OTHER_ROWS])
def test_the_update_is_cancelled_while_the_incremental_import_runs(added: str, pair: Pair) -> None:
    pair.deploy(template(TWO, added), interrupted_in=ADDED)

    assert pair.rows == [ONE, ROWS]


@pytest.mark.parametrize("added", [ROWS, OTHER_ROWS])
def test_another_resource_fails_after_both_imports(added: str, pair: Pair) -> None:
    pair.deploy(template(TWO, added), fails_before="")

    assert pair.rows == [ONE, ROWS]


def test_the_full_import_fails(pair: Pair, personalize: FakePersonalize) -> None:
    pair.deploy(template(TWO, OTHER_ROWS), import_fails=FULL)

    assert pair.rows == [ONE, ROWS]
    assert len(personalize.jobs) == 3


def test_the_update_is_cancelled_while_a_full_import_runs_that_fails_later(
    pair: Pair, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(end="CREATE FAILED")

    pair.deploy(template(TWO, OTHER_ROWS), interrupted_in=FULL)

    assert pair.rows == [ONE, ROWS]


@pytest.mark.parametrize("added", [ROWS, OTHER_ROWS])
def test_the_incremental_import_fails(added: str, pair: Pair) -> None:
    pair.deploy(template(TWO, added), import_fails=ADDED)

    assert pair.rows == [ONE, ROWS]


def test_the_first_of_two_incremental_imports_was_updated(account: Account) -> None:
    three = Pair(account, names=(FULL, ADDED, "More"))
    three.deploy(template(ONE, ROWS, OTHER_ROWS, names=three.names))

    three.deploy(template(TWO, "s3://shop-data/new/", OTHER_ROWS, names=three.names), fails_before="More")

    assert three.rows == [ONE, ROWS, OTHER_ROWS]


def test_the_failed_update_had_removed_the_incremental_import(pair: Pair) -> None:
    pair.deploy(template(TWO), fails_before="")

    assert pair.rows == [ONE, ROWS]


def test_a_second_update_fails_in_the_same_way(pair: Pair) -> None:
    for _ in range(2):
        pair.deploy(template(TWO, ROWS), fails_before=ADDED)
        assert pair.rows == [ONE, ROWS]


def test_the_dataset_is_replaced_and_replaced_back(pair: Pair, account: Account) -> None:
    account.clock.advance(600)
    account.personalize.recreate_dataset()
    pair.members[FULL].update({**pair.template[FULL], "DatasetDefinition": {"Name": "other"}})
    account.clock.advance(600)
    account.personalize.recreate_dataset()

    pair.members[FULL].update(pair.template[FULL])

    assert pair.rows == [ONE, ROWS]


def test_a_deploy_of_earlier_data_restores_no_earlier_rows(pair: Pair, personalize: FakePersonalize) -> None:
    assert pair.deploy(template(TWO, ROWS))

    assert pair.deploy(template(ONE, OTHER_ROWS))

    assert pair.rows == [ONE, OTHER_ROWS]
    assert len(personalize.jobs) == 6


def test_a_deploy_of_earlier_data_without_the_incremental_import_restores_no_rows(pair: Pair) -> None:
    assert pair.deploy(template(TWO))

    assert pair.deploy(template(ONE))

    assert pair.rows == [ONE]


@pytest.mark.parametrize("after_effect", [False, True])
@pytest.mark.parametrize("operation", ["describe_dataset_import_job", "create_dataset_import_job", "list_tags"])
def test_a_function_is_killed_while_it_repeats_an_incremental_import(
    operation: str, after_effect: bool, pair: Pair, personalize: FakePersonalize
) -> None:
    kill_while_repeating(personalize, operation, Killed(), after_effect=after_effect)

    pair.deploy(template(TWO, ROWS), fails_before=ADDED)

    assert pair.rows == [ONE, ROWS]
    assert len(personalize.jobs) == 5


def test_the_service_has_no_capacity_for_a_repeated_incremental_import(
    pair: Pair, personalize: FakePersonalize
) -> None:
    full = BusyError("any", "LimitExceededException", "More than 5 resources with PENDING or IN_PROGRESS status.")
    kill_while_repeating(personalize, "create_dataset_import_job", full, times=3)

    pair.deploy(template(TWO, ROWS), fails_before=ADDED)

    assert pair.rows == [ONE, ROWS]
    assert len(personalize.jobs) == 5


def test_a_request_times_out_while_an_incremental_import_is_repeated(pair: Pair, personalize: FakePersonalize) -> None:
    personalize.job_behavior = JobBehavior(seconds=1700)

    pair.deploy(template(TWO, ROWS), fails_before=ADDED)

    assert pair.continued_rollbacks == 1
    assert pair.rows == [ONE, ROWS]
    assert len(personalize.jobs) == 5


def kill_while_repeating(
    personalize: FakePersonalize, operation: str, error: BaseException, *, times: int = 1, after_effect: bool = False
) -> None:
    """Create an operation fail once the FULL import has been repeated."""
    original = personalize.dataset_created_at

    def created_at(dataset_arn: str) -> float | None:
        if any(name.startswith("shop-Full-") and name.endswith("-2") for name in personalize.jobs):
            personalize.dataset_created_at = original  # type: ignore[method-assign]
            personalize.fail_next(operation, error, times=times, after_effect=after_effect)
        return original(dataset_arn)

    personalize.dataset_created_at = created_at  # type: ignore[method-assign]
