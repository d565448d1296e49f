"""Each example is deployed, updated and destroyed with the commands of its README."""

from dataclasses import dataclass, field
from typing import Literal

import pytest

from tests.deploy.support.cloud import Cloud
from tests.deploy.support.refreshes import next_night, pass_until
from tests.examples.conftest import Run
from tests.examples.support.readme import EXAMPLES, sections_of
from tests.support.until import until

SECTIONS = ["Deploy", "Update", "Destroy"]


@dataclass(frozen=True)
class State:
    """The number of rows of each dataset, by the end of its ARN, and the number of jobs."""

    rows: dict[str, int]
    jobs: int


@dataclass(frozen=True)
class Expected:
    """The stacks of an example, and the states after its deploy and its update."""

    stacks: list[str]
    deployed: State
    updated: State
    output_parts: list[str] = field(default_factory=list)
    """Texts in the output of the update."""
    refresh: Literal["at night", "after an upload"] | None = None
    """The refresh that imports the update, if no deploy does."""


EXPECTED = {
    "minimal": Expected(
        ["PersonalizeMinimal"],
        State({"minimal/INTERACTIONS": 1200}, 1),
        State({"minimal/INTERACTIONS": 1201}, 2),
        ["(no changes)"],
    ),
    "three_datasets": Expected(
        ["PersonalizeThreeDatasets"],
        State({"three-datasets/INTERACTIONS": 1200, "three-datasets/USERS": 80, "three-datasets/ITEMS": 40}, 3),
        State({"three-datasets/INTERACTIONS": 1200, "three-datasets/USERS": 80, "three-datasets/ITEMS": 41}, 4),
    ),
    "existing_dataset_and_bucket": Expected(
        ["PersonalizeExisting"], State({"existing/USERS": 30}, 1), State({"existing/USERS": 31}, 2)
    ),
    "kms": Expected(["PersonalizeKmsData", "PersonalizeKms"], State({"kms/USERS": 30}, 1), State({"kms/USERS": 31}, 2)),
    "incremental_after_full": Expected(
        ["PersonalizeIncremental"], State({"incremental/USERS": 65}, 2), State({"incremental/USERS": 68}, 5)
    ),
    "refresh_nightly": Expected(
        ["PersonalizeNightlyData", "PersonalizeNightly"],
        State({"nightly/USERS": 30}, 1),
        State({"nightly/USERS": 31}, 2),
        refresh="at night",
    ),
    "refresh_on_upload": Expected(
        ["PersonalizeUploadsData", "PersonalizeUploads"],
        State({"uploads/USERS": 65}, 2),
        State({"uploads/USERS": 68}, 4),
        refresh="after an upload",
    ),
    "local_file_with_checks": Expected(
        ["PersonalizeChecked"],
        State({"checked/INTERACTIONS": 1200}, 1),
        State({"checked/INTERACTIONS": 1201}, 2),
        ["id-missing: an id or a time is missing in interactions.csv, line 1202, column USER_ID", "TIMESTAMP"],
    ),
    "shared_provider": Expected(
        ["PersonalizePlatform", "PersonalizeShopData", "PersonalizeShop"],
        State({"shop/USERS": 30}, 1),
        State({"shop/USERS": 31}, 2),
    ),
    "plain_cloudformation": Expected(
        ["personalize-imports", "plain-data", "plain"],
        State({"plain/USERS": 30}, 1),
        State({"plain/USERS": 31}, 2),
    ),
}


def state_of(cloud: Cloud, datasets: list[str]) -> State:
    """Return the current state of datasets."""
    statuses = job_statuses(cloud, datasets)
    assert set(statuses) == {"ACTIVE"}
    return State({end: cloud.rows(arn_of(end))["count"] for end in datasets}, len(statuses))


def arn_of(dataset: str) -> str:
    return f"arn:aws:personalize:eu-west-1:000000000000:dataset/{dataset}"


def job_statuses(cloud: Cloud, datasets: list[str]) -> list[str]:
    """Return the status of each job of the datasets."""
    arns = {arn_of(dataset) for dataset in datasets}
    return [job["history"][-1]["status"] for job in cloud.jobs("") if job["dataset_arn"] in arns]


def stacks_of(cloud: Cloud) -> set[str]:
    pages = cloud.cloudformation.get_paginator("describe_stacks").paginate()
    return {stack["StackName"] for page in pages for stack in page["Stacks"]}


def test_every_example_is_run_and_listed() -> None:
    folders = {path.parent.name for path in EXAMPLES.glob("*/*.*")}
    table = (EXAMPLES / "README.md").read_text()
    assert folders == {*EXPECTED, "testing_your_stack"}  # that one is run by tests/package
    assert [folder for folder in folders if f"[{folder}]({folder})" not in table] == []
    for example in EXPECTED:
        assert [title for title in sections_of(example) if title != "Prerequisites"] == SECTIONS


@pytest.mark.nightly  # Deploy tests of the gate have the same resources.
@pytest.mark.deploy
@pytest.mark.parametrize("example", EXPECTED)
def test_an_example_deploys_updates_and_destroys(example: str, cloud: Cloud, run: Run) -> None:
    expected, sections = EXPECTED[example], sections_of(example)
    datasets = [*expected.deployed.rows]

    run(example, sections.get("Prerequisites", ""))
    run(example, sections["Deploy"])
    assert set(expected.stacks) <= stacks_of(cloud)
    assert state_of(cloud, datasets) == expected.deployed

    output = run(example, sections["Update"])
    if expected.refresh == "at night":
        pass_until(cloud, next_night(cloud, 3, "Europe/Berlin"))
    if expected.refresh:
        until(lambda: job_statuses(cloud, datasets) == ["ACTIVE"] * expected.updated.jobs)
    assert state_of(cloud, datasets) == expected.updated
    assert [text for text in expected.output_parts if text not in output] == []

    run(example, sections["Destroy"])
    assert set(expected.stacks) & stacks_of(cloud) == set()
