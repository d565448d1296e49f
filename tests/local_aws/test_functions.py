"""Functions as Lambda runs them: an error ends no environment, and rules invoke them in the service's time."""

import io
import json
import time
import zipfile
from typing import Any

import pytest

from tests.deploy.cloud import Cloud
from tests.local_aws.scenes import make_role, trust, until

CODE = """
import logging, os, time
times = []
def handle(event, context):
    if not event.get("asks"):
        times.append(time.time())
    if event.get("dies"):
        os._exit(1)
    if event.get("fails"):
        raise ValueError("as asked")
    return times
"""


@pytest.fixture
def function(cloud: Cloud, name: str) -> str:
    make_function(cloud, name, make_role(cloud, name, trusting=trust({"Service": "lambda.amazonaws.com"}, {})), CODE)
    return name


def make_function(cloud: Cloud, name: str, role: str, code: str) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        package.writestr("index.py", code)
    cloud.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=role,
        Handler="index.handle",
        Code={"ZipFile": content.getvalue()},
    )


def invoke(cloud: Cloud, function: str, **event: Any) -> Any:
    answer = cloud.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
    return None if "FunctionError" in answer else json.load(answer["Payload"])


def test_a_function_that_raised_serves_the_next_event_too(cloud: Cloud, function: str) -> None:
    assert len(invoke(cloud, function)) == 1
    assert invoke(cloud, function, fails=True) is None
    assert len(invoke(cloud, function)) == 3


def test_a_function_that_died_is_started_anew(cloud: Cloud, function: str) -> None:
    assert len(invoke(cloud, function)) == 1
    assert invoke(cloud, function, dies=True) is None
    assert len(invoke(cloud, function)) == 1


def test_a_rule_of_each_minute_invokes_each_minute_of_the_service(cloud: Cloud, function: str) -> None:
    invoke(cloud, function, asks=True)  # so that it is warm
    events, minute = cloud.client("events"), 60 / cloud.aws.switchboard("GET", "status")["speed"]
    begun = time.time()
    events.put_rule(Name=function, ScheduleExpression="rate(1 minute)")
    arn = cloud.client("lambda").get_function(FunctionName=function)["Configuration"]["FunctionArn"]
    events.put_targets(Rule=function, Targets=[{"Id": "1", "Arn": arn, "Input": "{}"}])

    times: set[float] = set()

    def came_twice() -> bool:
        # A question that comes at the same time as the rule's event is answered by a second environment.
        times.update(invoke(cloud, function, asks=True))
        return len(times) >= 2

    until(came_twice)  # in real time it would take minutes, and this waits for seconds
    events.remove_targets(Rule=function, Ids=["1"])
    first, second, *_ = sorted(times)
    assert first - begun >= minute * 0.9
    assert second - begun >= minute * 1.9
