"""An update fails between a FULL import and the INCREMENTAL one that comes after it: no rows are lost."""

import pytest

from tests.faults.pair import ADDED, FULL, Pair, template
from tests.handler.account import Account

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
