"""Generated calls of Personalize: every response has the format of the API, and none is a 5xx."""

import json
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.local_aws.support.any_calls import Call, calls
from tests.local_aws.support.fakes import ACCOUNT_REGION, BUCKET, ROLE_ARN, World, new_world
from tests.local_aws.support.service_setup import (
    FILTER,
    METRIC,
    RECIPE,
    imported,
    make_dataset,
    make_group,
    make_schema,
)

STEPS = st.lists(st.tuples(calls(ACCOUNT_REGION.account), st.sampled_from([0, 0, 1, 60])), min_size=8, max_size=40)
DATA = "USER_ID,AGE,ITEM_ID,TITLE,PRICE,GENRE,TIMESTAMP\na,1,b,c,1.5,d,1600000000\n"


def begun() -> World:
    """Return a world in which resources of all kinds called `a` are there; ids that the service generates are too."""
    world = new_world(minimum_interactions=1)
    group = make_group(world, "a")
    make_schema(world, "Interactions", "a")
    for kind in ("Users", "Items", "Interactions"):
        imported(world, make_dataset(world, kind, group=group), DATA, f"a-{kind}")
    begin_records(world, group)
    return world


def begin_records(world: World, group: str) -> None:
    """Create records called `a`, with `a` in place of the ids that the service generates."""
    root = f"arn:aws:personalize:eu-west-1:{ACCOUNT_REGION.account}"
    solution = world.client("CreateSolution", name="a", datasetGroupArn=group, recipeArn=RECIPE)["solutionArn"]
    version = world.client("CreateSolutionVersion", solutionArn=solution)["solutionVersionArn"]
    tracker = world.client("CreateEventTracker", name="a", datasetGroupArn=group)["eventTrackerArn"]
    with world.service.store.locked(ACCOUNT_REGION) as (resources, _now):
        for arn, known in ((version, f"{solution}/a"), (tracker, f"{root}:event-tracker/a")):
            resources.generic[known] = replace(resources.generic.pop(arn), arn=known)
    world.clock.time += 60
    world.client("CreateCampaign", name="a", solutionVersionArn=f"{solution}/a")
    world.client("CreateFilter", name="a", datasetGroupArn=group, filterExpression=FILTER)
    output = {"roleArn": ROLE_ARN, "s3DataDestination": {"path": f"s3://{BUCKET}/out"}}
    world.client(
        "CreateMetricAttribution", name="a", datasetGroupArn=group, metrics=[METRIC], metricsOutputConfig=output
    )
    world.clock.time += 60


def answered(steps: list[tuple[Call, int]], outcomes: Counter[str]) -> None:
    """Send calls in order, with pauses, and check each response."""
    world = begun()
    for (operation, body), seconds in steps:
        response = world.client.send(operation, body)
        world.clock.time += seconds
        answer = json.loads(response.body or b"{}")
        assert response.status in {200, 400}, (operation, body[:200], answer)
        assert (response.status == 200) == ("__type" not in answer)
        outcomes[str(answer.get("__type", "OK"))] += 1


def search(number: int) -> Counter[str]:
    outcomes: Counter[str] = Counter()

    # The same calls in each run, so that a change fails over what it changes and over nothing else.
    @settings(max_examples=number, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def sequences(steps: list[tuple[Call, int]]) -> None:
        answered(steps, outcomes)

    sequences()
    return outcomes


def check(number: int, caplog: pytest.LogCaptureFixture, record_property: Callable[[str, object], None]) -> int:
    """Send the calls of a number of sequences, and return the number of calls."""
    with caplog.at_level(logging.WARNING):
        outcomes = search(number)
    assert [record for record in caplog.records if record.exc_info] == []
    assert outcomes["OK"] > sum(outcomes.values()) / 20, "few calls come as far as the operations"
    record_property("calls answered", dict(outcomes))
    return sum(outcomes.values())


def test_no_call_returns_5xx(caplog: pytest.LogCaptureFixture, record_property: Callable[[str, object], None]) -> None:
    check(30, caplog, record_property)


@pytest.mark.nightly
def test_none_of_20000_calls_returns_5xx(
    caplog: pytest.LogCaptureFixture, record_property: Callable[[str, object], None]
) -> None:
    assert check(1_550, caplog, record_property) >= 20_000
