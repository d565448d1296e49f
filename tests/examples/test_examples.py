"""Each example is deployed, changed and destroyed by the commands of its README, and does what that says."""

from dataclasses import dataclass, field

import pytest

from tests.deploy.support.cloud import Cloud
from tests.examples.conftest import Run
from tests.examples.support.readme import EXAMPLES, sections_of

SECTIONS = ["Deploy", "Update", "Destroy"]
NIGHTLY = {"existing_dataset_and_bucket", "kms"}
"""The examples whose resources other examples and deploy tests have too."""


@dataclass(frozen=True)
class Standing:
    """What there is in datasets, by the ends of their ARNs, and how many jobs it took."""

    rows: dict[str, int]
    jobs: int


@dataclass(frozen=True)
class Expected:
    """What an example's stacks are, and what is there after deploying and after updating."""

    stacks: list[str]
    deployed: Standing
    updated: Standing
    told: list[str] = field(default_factory=list)
    """What the commands of the update show."""


EXPECTED = {
    "minimal": Expected(
        ["PersonalizeMinimal"],
        Standing({"minimal/INTERACTIONS": 1200}, 1),
        Standing({"minimal/INTERACTIONS": 1201}, 2),
        ["(no changes)"],
    ),
    "three_datasets": Expected(
        ["PersonalizeThreeDatasets"],
        Standing({"three-datasets/INTERACTIONS": 1200, "three-datasets/USERS": 80, "three-datasets/ITEMS": 40}, 3),
        Standing({"three-datasets/INTERACTIONS": 1200, "three-datasets/USERS": 80, "three-datasets/ITEMS": 41}, 4),
    ),
    "existing_dataset_and_bucket": Expected(
        ["PersonalizeExisting"], Standing({"existing/USERS": 30}, 1), Standing({"existing/USERS": 31}, 2)
    ),
    "kms": Expected(
        ["PersonalizeKmsData", "PersonalizeKms"], Standing({"kms/USERS": 30}, 1), Standing({"kms/USERS": 31}, 2)
    ),
    "incremental_after_full": Expected(
        ["PersonalizeIncremental"], Standing({"incremental/USERS": 65}, 2), Standing({"incremental/USERS": 68}, 5)
    ),
    "local_file_with_checks": Expected(
        ["PersonalizeChecked"],
        Standing({"checked/INTERACTIONS": 1200}, 1),
        Standing({"checked/INTERACTIONS": 1201}, 2),
        ["value-missing: a value is missing in interactions.csv, line 1202, column USER_ID", "TIMESTAMP"],
    ),
    "shared_provider": Expected(
        ["PersonalizePlatform", "PersonalizeShopData", "PersonalizeShop"],
        Standing({"shop/USERS": 30}, 1),
        Standing({"shop/USERS": 31}, 2),
    ),
    "plain_cloudformation": Expected(
        ["personalize-imports", "plain-data", "plain"],
        Standing({"plain/USERS": 30}, 1),
        Standing({"plain/USERS": 31}, 2),
    ),
}


def standing(cloud: Cloud, datasets: list[str]) -> Standing:
    """Look at what there is in datasets."""
    arns = {end: f"arn:aws:personalize:eu-west-1:000000000000:dataset/{end}" for end in datasets}
    jobs = [job for job in cloud.jobs("") if job["dataset_arn"] in arns.values()]
    assert {job["history"][-1]["status"] for job in jobs} == {"ACTIVE"}
    return Standing({end: cloud.rows(arn)["count"] for end, arn in arns.items()}, len(jobs))


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
    assert standing(cloud, datasets) == expected.deployed

    output = run(example, sections["Update"])
    assert standing(cloud, datasets) == expected.updated
    assert [text for text in expected.told if text not in output] == []

    run(example, sections["Destroy"])
    assert set(expected.stacks) & stacks_of(cloud) == set()
