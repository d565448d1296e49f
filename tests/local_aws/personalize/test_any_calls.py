"""Generated calls of Personalize: every response has the format of the API, and none is a 5xx."""

import json
import logging
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.local_aws.support.any_calls import Call, calls
from tests.local_aws.support.fakes import ACCOUNT_REGION, World, new_world
from tests.local_aws.support.service_setup import imported, make_dataset, make_group, make_schema

STEPS = st.lists(st.tuples(calls(ACCOUNT_REGION.account), st.sampled_from([0, 0, 1, 60])), min_size=8, max_size=40)
DATA = "USER_ID,AGE,ITEM_ID,TITLE,PRICE,GENRE,TIMESTAMP\na,1,b,c,1.5,d,1600000000\n"


def begun() -> World:
    """Return a world in which the resources called `a` are there."""
    world = new_world(minimum_interactions=1)
    group = make_group(world, "a")
    make_schema(world, "Interactions", "a")
    for kind in ("Users", "Items"):
        make_dataset(world, kind, group=group)
    imported(world, f"arn:aws:personalize:eu-west-1:{ACCOUNT_REGION.account}:dataset/a/USERS", DATA, "a")
    return world


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


def check(number: int, caplog: pytest.LogCaptureFixture, record_property: Callable[[str, object], None]) -> None:
    with caplog.at_level(logging.WARNING):
        outcomes = search(number)
    assert [record for record in caplog.records if record.exc_info] == []
    assert outcomes["OK"] > sum(outcomes.values()) / 20, "few calls come as far as the operations"
    record_property("calls answered", dict(outcomes))


def test_no_call_returns_5xx(caplog: pytest.LogCaptureFixture, record_property: Callable[[str, object], None]) -> None:
    check(60, caplog, record_property)


@pytest.mark.nightly
def test_none_of_thousands_of_calls_returns_5xx(
    caplog: pytest.LogCaptureFixture, record_property: Callable[[str, object], None]
) -> None:
    check(600, caplog, record_property)
