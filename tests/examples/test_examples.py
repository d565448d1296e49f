"""Each example is deployed, updated and destroyed with the commands of its README."""

from dataclasses import dataclass, field

import pytest

from tests.deploy.support.cloud import Cloud
from tests.examples.conftest import Run
from tests.examples.support.readme import EXAMPLES, sections_of

SECTIONS = ["Deploy", "Update", "Destroy"]
NIGHTLY = {
    "existing_dataset_and_bucket",
    "incremental_after_full",
    "kms",
    "local_file_with_checks",
    "shared_provider",
    "three_datasets",
}
"""The examples whose resources other examples and deploy tests have too."""


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
    arns = {end: f"arn:aws:personalize:eu-west-1:000000000000:dataset/{end}" for end in datasets}
    jobs = [job for job in cloud.jobs("") if job["dataset_arn"] in arns.values()]
    assert {job["history"][-1]["status"] for job in jobs} == {"ACTIVE"}
    return State({end: cloud.rows(arn)["count"] for end, arn in arns.items()}, len(jobs))


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


@pytest.mark.slow
@pytest.mark.deploy
@pytest.mark.parametrize(
    "example", [pytest.param(name, marks=[pytest.mark.nightly] if name in NIGHTLY else []) for name in EXPECTED]
)
def test_an_example_deploys_updates_and_destroys(example: str, cloud: Cloud, run: Run) -> None:
    expected, sections = EXPECTED[example], sections_of(example)
    datasets = [*expected.deployed.rows]

    run(example, sections.get("Prerequisites", ""))
    run(example, sections["Deploy"])
    assert set(expected.stacks) <= stacks_of(cloud)
    assert state_of(cloud, datasets) == expected.deployed

    output = run(example, sections["Update"])
    assert state_of(cloud, datasets) == expected.updated
    assert [text for text in expected.output_parts if text not in output] == []

    run(example, sections["Destroy"])
    assert set(expected.stacks) & stacks_of(cloud) == set()
