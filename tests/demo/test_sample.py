"""The sample: the same each time, large enough, and valid by the rules of the service."""

from collections import Counter
from pathlib import Path

import pytest
from demo.sample import SCHEMA, write_sample
from demo.schema import DemoSchema

from tests.local_aws.support.fakes import new_world
from tests.local_aws.support.service_setup import imported, make_dataset


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sample(tmp_path_factory.mktemp("sample") / "new" / "interactions.csv")


def test_it_is_the_same_each_time(sample: Path, tmp_path: Path) -> None:
    assert write_sample(tmp_path / "again.csv").read_bytes() == sample.read_bytes()


def test_the_service_imports_it_with_its_schema(sample: Path) -> None:
    schema = DemoSchema.from_file(SCHEMA)
    world = new_world()
    dataset = make_dataset(world, schema.dataset_type, text=schema.text)
    job = imported(world, dataset, sample.read_bytes())
    assert job["status"] == "ACTIVE", job
    rows = world.rows(dataset, limit=10_000)
    assert rows["count"] >= 5000
    # https://docs.aws.amazon.com/personalize/latest/dg/limits.html: training wants 25 users with two interactions each.
    visits = Counter(row["USER_ID"] for row in rows["rows"])
    assert sum(count >= 2 for count in visits.values()) >= 25
    assert {row["EVENT_TYPE"] for row in rows["rows"]} == {"view", "cart", "purchase"}
    assert all((row["EVENT_VALUE"] is None) is (row["EVENT_TYPE"] != "purchase") for row in rows["rows"])
