"""What one look sees of a stack, and what it asks AWS for; AWS's answers are given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from personalize_import_cli.stack.account import Account, Stack, StackResource
from personalize_import_cli.stack.jobs import Job
from personalize_import_cli.stack.looking import Looker
from personalize_import_cli.stack.operations import Event
from personalize_import_cli.stack.sight import Seen, State
from personalize_import_handler.aws.personalize import DatasetImportJob
from personalize_import_handler.contract import RESOURCE_TYPE, ImportMode
from tests.cli.stack.scenes import PROPERTIES, STACK_ID, job, job_name, of_import, of_stack

TEMPLATE = {
    "Resources": {
        "Import": {"Type": RESOURCE_TYPE, "Metadata": {"aws:cdk:path": "Shop/Users/Import/Resource/Default"}},
        "Later": {"Type": RESOURCE_TYPE},
        "Bucket": {"Type": "AWS::S3::Bucket"},
    }
}
BEGUN = (of_stack("CREATE_IN_PROGRESS", 1), of_import("CREATE_IN_PROGRESS", 100))


@dataclass
class Told(Account):
    """An account whose answers are given; it notes which jobs were listed."""

    status: str = "CREATE_IN_PROGRESS"
    told: Sequence[Event] = BEGUN
    there: Sequence[StackResource] = ()
    body: Mapping[str, Any] = field(default_factory=lambda: TEMPLATE)
    listed: Mapping[str | None, list[Job]] = field(default_factory=dict)
    asked_for: list[str | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make no clients."""

    def stack(self, name_or_id: str) -> Stack | None:
        return Stack(name="Shop", id=STACK_ID, status=self.status, now=150) if name_or_id == "Shop" else None

    def events(self, stack_id: str, *, all_operations: bool = False) -> list[Event]:
        return list(self.told)

    def resources(self, stack_id: str) -> list[StackResource]:
        return list(self.there)

    def template(self, stack_id: str) -> Mapping[str, Any]:
        return self.body

    def jobs(self, dataset_arn: str | None = None) -> tuple[list[Job], float]:
        self.asked_for.append(dataset_arn)
        return list(self.listed.get(dataset_arn, [])), 200.0

    def job(self, arn: str) -> DatasetImportJob | None:
        self.asked_for.append(arn)
        return DatasetImportJob(
            dataset_import_job_arn=arn,
            status="ACTIVE",
            import_mode=ImportMode.FULL,
            creation_date_time=10,
            job_name="shop-1",
            dataset_arn="arn",
            data_location="s3://shop-data/",
            role_arn="arn",
            publish_attribution_metrics_to_s3=False,
            last_updated_date_time=50,
            failure_reason=None,
        )


def looked(account: Told) -> list[Seen]:
    sight = Looker(account, "Shop").look()
    assert sight is not None
    return list(sight.imports)


def test_a_stack_that_is_not_there_is_not_seen() -> None:
    assert Looker(Told("Shop"), "None").look() is None


def test_imports_that_were_not_asked_for_yet_are_known_by_the_template() -> None:
    first, later = looked(Told("Shop"))
    assert (first.name, first.state) == ("Users/Import", State.STARTING)
    assert (later.name, later.state) == ("Later", State.NOT_ASKED_FOR)


def test_without_a_template_that_can_be_read_imports_are_seen_as_they_are_asked_for() -> None:
    (only,) = looked(Told("Shop", body={}))
    assert (only.name, only.state) == ("Import", State.STARTING)


def test_all_jobs_of_the_account_are_listed_only_where_an_import_may_wait_for_room() -> None:
    dataset = str(PROPERTIES["DatasetArn"])
    waiting = Told("Shop", listed={None: [job(str(number)) for number in range(5)]})
    assert looked(waiting)[0].state is State.WAITING
    assert waiting.asked_for == [dataset, None]

    for running in (job(job_name()), job("by-hand")):
        account = Told("Shop", listed={dataset: [running]})
        looked(account)
        assert account.asked_for == [dataset]


def test_jobs_are_listed_once_a_second_at_most() -> None:
    slept: list[float] = []
    account = Told("Shop", slept.append)
    for _ in range(3):
        account._wait_for_ones_turn()
    assert slept == pytest.approx([0, 1, 1], abs=0.2)
    assert account.lists == 3


def test_what_an_operation_did_not_ask_for_is_shown_as_it_was_imported_and_described_once() -> None:
    dataset = str(PROPERTIES["DatasetArn"])
    bucket = StackResource("Bucket", "AWS::S3::Bucket", "bucket")
    there = [StackResource("Import", RESOURCE_TYPE, "Shop/Import"), bucket]
    told = [*BEGUN, of_import("CREATE_COMPLETE", 130), of_stack("UPDATE_IN_PROGRESS", 140)]
    done = job(job_name(), "ACTIVE", 110, 130)
    account = Told("Shop", status="UPDATE_COMPLETE", told=told, there=there, listed={dataset: [done]})
    looker = Looker(account, "Shop")
    for _ in range(2):
        sight = looker.look()
        assert sight is not None
        (only,) = sight.imports
        assert (only.name, only.state, only.elapsed_seconds) == ("Users/Import", State.UNCHANGED, 40)
        assert sight.has_ended
        assert not sight.fails
    assert account.asked_for == [dataset, done.arn]


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "ROLLBACK_COMPLETE"])
def test_an_import_that_a_condition_left_out_is_none_in_the_end(status: str) -> None:
    assert [seen.logical_id for seen in looked(Told("Shop", status=status))] == ["Import"]
