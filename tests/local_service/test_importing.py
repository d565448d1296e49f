"""An import reads the files for real: what ends up in the dataset."""

from pathlib import Path

import pytest

from tests.local_service.fakes import World
from tests.local_service.scenes import (
    describe,
    finish,
    imported,
    interactions,
    make_dataset,
    make_group,
    start_job,
)

AIRLINE = Path(__file__).parents[3] / "shared" / "data" / "airline"


def test_a_job_goes_from_pending_over_in_progress_to_active(world: World) -> None:
    dataset_arn = make_dataset(world)
    world.aws.put("data.csv", interactions())
    created_at = world.now
    job_arn = start_job(world, dataset_arn)
    assert describe(world, job_arn)["status"] == "CREATE PENDING"
    world.clock.time += 6
    job = describe(world, job_arn)
    assert job["status"] == "CREATE IN_PROGRESS"
    assert job["lastUpdatedDateTime"].timestamp() == pytest.approx(created_at + 5)
    job = finish(world, job_arn)
    assert job["status"] == "ACTIVE"
    assert job["creationDateTime"].timestamp() == pytest.approx(created_at)
    assert "failureReason" not in job


@pytest.mark.parametrize(("kind", "count"), [("interactions", 34853), ("users", 24500), ("items", 352)])
def test_the_airline_sample_is_imported_whole(world: World, kind: str, count: int) -> None:
    if not AIRLINE.exists():
        pytest.skip("the airline sample is not beside the repository")
    text = (AIRLINE / f"{kind}.schema.json").read_text()
    dataset_arn = make_dataset(world, kind.capitalize(), text=text)
    job = imported(world, dataset_arn, (AIRLINE / f"{kind}.csv").read_bytes())
    assert job["status"] == "ACTIVE", job
    assert world.rows(dataset_arn)["count"] == count


def test_all_three_datasets_of_a_group_can_be_imported_at_once(world: World) -> None:
    group = make_group(world)
    world.aws.put("i.csv", interactions())
    world.aws.put("items.csv", "ITEM_ID,TITLE,PRICE,GENRE\na,A,1,x\n")
    world.aws.put("users.csv", "USER_ID,AGE\na,\n")
    jobs = [
        start_job(world, make_dataset(world, kind, group=group), kind, key)
        for kind, key in (("Interactions", "i.csv"), ("Items", "items.csv"), ("Users", "users.csv"))
    ]
    assert [finish(world, job)["status"] for job in jobs] == ["ACTIVE"] * 3
