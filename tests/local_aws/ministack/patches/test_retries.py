"""Retry of Step Functions: how long it waits, on the simulated clock."""

import time
from typing import Any

import pytest

from tests.deploy.support.cloud import Cloud
from tests.local_aws.support.server_setup import allow
from tests.local_aws.support.state_machines import PERSONALIZE_SDK, execute, make_state_machine, one_task

SLOWER = 1000  # simulated seconds that a busy machine may take


@pytest.mark.parametrize(
    ("retrier", "seconds"),
    [
        ({"IntervalSeconds": 150, "BackoffRate": 1, "MaxAttempts": 1}, 150),
        ({"IntervalSeconds": 15, "BackoffRate": 10, "MaxAttempts": 2}, 165),
        ({"IntervalSeconds": 15, "BackoffRate": 1000, "MaxAttempts": 2, "MaxDelaySeconds": 30}, 45),
    ],
    ids=["interval", "backoff", "limit"],
)
def test_a_retry_waits_for_the_interval_up_to_the_limit(
    cloud: Cloud, name: str, retrier: dict[str, Any], seconds: int
) -> None:
    parameters = {"SchemaArn": "arn:aws:personalize:::schema/none"}
    retry = {"ErrorEquals": ["Personalize.ResourceNotFoundException"], **retrier}
    definition = one_task(f"{PERSONALIZE_SDK}:describeSchema", parameters, Retry=[retry])
    machine = make_state_machine(cloud, name, definition, allow("personalize:*"))
    started_at = time.monotonic()
    execute(cloud, machine)
    waited = (time.monotonic() - started_at) * cloud.aws.control("GET", "status")["speed"]
    assert seconds <= waited < seconds + SLOWER
