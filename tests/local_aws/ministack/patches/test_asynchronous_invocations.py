"""Functions that are invoked asynchronously: retries of errors, and of throttled invocations."""

import json

from tests.deploy.support.cloud import Cloud
from tests.local_aws.ministack.conftest import Recorder
from tests.local_aws.support.queues import make_queue
from tests.support.until import until


def invoke_later(cloud: Cloud, function: Recorder, **event: object) -> None:
    cloud.client("lambda").invoke(FunctionName=function.name, InvocationType="Event", Payload=json.dumps(event))


def test_a_failing_function_is_invoked_again_after_one_and_two_simulated_minutes(
    cloud: Cloud, recorder: Recorder
) -> None:
    minute = 60 / cloud.aws.control("GET", "status")["speed"]
    invoke_later(cloud, recorder, fails=True)
    until(lambda: len(recorder.times()) == 3)

    first, second, third = recorder.times()
    assert second - first >= minute
    assert third - second >= 2 * minute


def test_a_failing_function_is_retried_as_often_as_configured_and_then_reported(
    cloud: Cloud, recorder: Recorder
) -> None:
    queue = make_queue(cloud, recorder.name)
    cloud.client("lambda").put_function_event_invoke_config(
        FunctionName=recorder.name,
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": queue.arn}},
    )
    invoke_later(cloud, recorder, fails=True)

    assert queue.first()["requestPayload"] == {"fails": True}
    assert len(recorder.times()) == 1


def test_a_burst_of_events_waits_for_a_function_with_limited_concurrency(cloud: Cloud, recorder: Recorder) -> None:
    cloud.client("lambda").put_function_concurrency(FunctionName=recorder.name, ReservedConcurrentExecutions=1)
    for number in range(4):
        invoke_later(cloud, recorder, number=number)

    until(lambda: len(recorder.times()) == 4)
