"""`After`: an INCREMENTAL import adds its rows again when the FULL import before it has removed them."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.handler.support.account import Account, Answer
from tests.handler.support.fakes import Course, FakePersonalize
from tests.handler.support.properties import DATA_LOCATION, properties
from tests.handler.support.simulator import CloudFormation

ADDED = "s3://shop-data/added/"
OTHER_LOCATION = "s3://shop-data/interactions-2/"


@dataclass
class Pair:
    """A FULL import, and an INCREMENTAL import after it, as CloudFormation goes from one to the other."""

    full: CloudFormation
    added: CloudFormation

    def create(self) -> None:
        full = self.full.create(properties())
        assert self.added.create(self.properties_after(full)).succeeded

    def update(self, **full: Any) -> tuple[Answer, Answer]:
        """Update the FULL import, and the other one if that gives it another property."""
        first = self.full.update(properties(**full))
        after = self.properties_after(first)
        return first, self.added.update(after)

    def roll_back(self) -> tuple[Answer, Answer]:
        return self.full.roll_back(), self.added.roll_back()

    @staticmethod
    def properties_after(full: Answer) -> dict[str, Any]:
        return properties(DataLocation=ADDED, ImportMode="INCREMENTAL", After=full.job_arn)


@pytest.fixture
def pair(account: Account) -> Pair:
    pair = Pair(CloudFormation(account, logical_id="Full"), CloudFormation(account, logical_id="Added"))
    pair.create()
    return pair


def test_rows_are_added_again_once_after_a_repeated_full_import(pair: Pair, personalize: FakePersonalize) -> None:
    _, added = pair.update(DataLocation=OTHER_LOCATION)

    assert added.attributes["JobName"].endswith("-2")
    assert personalize.imported() == [OTHER_LOCATION, ADDED]
    assert len(personalize.jobs) == 4
    assert pair.update(DataLocation=OTHER_LOCATION, TimeoutSeconds=600)[1].job_arn == added.job_arn
    assert personalize.imported() == [OTHER_LOCATION, ADDED]


def test_a_rollback_of_both_has_the_rows_of_both_once(pair: Pair, personalize: FakePersonalize) -> None:
    pair.update(DataLocation=OTHER_LOCATION)

    assert all(answer.succeeded for answer in pair.roll_back())
    assert personalize.imported() == [DATA_LOCATION, ADDED]


def test_a_failed_full_import_is_rolled_back_and_no_rows_are_added_again(
    pair: Pair, personalize: FakePersonalize
) -> None:
    personalize.course = Course(end="CREATE FAILED")
    assert not pair.full.update(properties(DataLocation=OTHER_LOCATION)).succeeded
    personalize.course = Course()

    full = pair.full.roll_back()

    assert full.succeeded
    assert pair.added.update(pair.properties_after(full)).succeeded
    assert personalize.imported() == [DATA_LOCATION, ADDED]
    assert len(personalize.jobs) == 3


def test_an_incremental_import_that_fails_after_a_full_import_is_rolled_back_with_it(
    pair: Pair, personalize: FakePersonalize
) -> None:
    full = pair.full.update(properties(DataLocation=OTHER_LOCATION))
    personalize.course = Course(end="CREATE FAILED")
    assert not pair.added.update(pair.properties_after(full)).succeeded
    personalize.course = Course()

    assert all(answer.succeeded for answer in pair.roll_back())
    assert personalize.imported() == [DATA_LOCATION, ADDED]


@pytest.mark.parametrize("after", [None, "another job"])
def test_without_a_full_import_in_between_nothing_is_added_again(
    after: str | None, pair: Pair, personalize: FakePersonalize
) -> None:
    settled = pair.added.properties or {}
    other = f"{settled['After'].removesuffix('1')}2" if after else None

    updated = pair.added.update(properties(**{**settled, "After": other}))
    rolled_back = pair.added.roll_back()

    assert updated.succeeded
    assert updated.job_arn == rolled_back.job_arn
    assert personalize.imported() == [DATA_LOCATION, ADDED]
    assert len(personalize.jobs) == 2


def test_a_full_import_without_after_removes_the_rows_because_there_is_no_update(
    account: Account, personalize: FakePersonalize
) -> None:
    full, added = CloudFormation(account, logical_id="Full"), CloudFormation(account, logical_id="Added")
    full.create(properties())
    settled = properties(DataLocation=ADDED, ImportMode="INCREMENTAL")
    added.create(settled)
    full.update(properties(DataLocation=OTHER_LOCATION))

    assert added.update({**settled, "TimeoutSeconds": 600}).succeeded
    assert personalize.imported() == [OTHER_LOCATION]
