"""Functions: errors keep the environment, and scheduled rules follow the simulated clock."""

import time

from tests.deploy.support.cloud import Cloud
from tests.local_aws.support.functions import invoke
from tests.support.until import until


def test_a_function_that_raised_an_error_handles_the_next_event(cloud: Cloud, function: str) -> None:
    assert len(invoke(cloud, function)) == 1
    assert invoke(cloud, function, fails=True) is None
    assert len(invoke(cloud, function)) == 3


def test_a_function_whose_process_exited_is_restarted(cloud: Cloud, function: str) -> None:
    assert len(invoke(cloud, function)) == 1
    assert invoke(cloud, function, dies=True) is None
    assert len(invoke(cloud, function)) == 1


def test_a_schedule_rate_is_in_simulated_minutes(cloud: Cloud, function: str) -> None:
    invoke(cloud, function, asks=True)  # so that it is warm
    events, minute = cloud.client("events"), 60 / cloud.aws.control("GET", "status")["speed"]
    started_at = time.time()
    events.put_rule(Name=function, ScheduleExpression="rate(1 minute)")
    arn = cloud.client("lambda").get_function(FunctionName=function)["Configuration"]["FunctionArn"]
    cloud.client("lambda").add_permission(
        FunctionName=function, StatementId="rule", Action="lambda:InvokeFunction", Principal="events.amazonaws.com"
    )
    events.put_targets(Rule=function, Targets=[{"Id": "1", "Arn": arn, "Input": "{}"}])

    times: set[float] = set()

    def came_twice() -> bool:
        # A question that comes at the same time as the rule's event is answered by a second environment.
        times.update(invoke(cloud, function, asks=True))
        return len(times) >= 2

    until(came_twice)  # in real time it would take minutes, and this waits for seconds
    events.remove_targets(Rule=function, Ids=["1"])
    first, second, *_ = sorted(times)
    assert first - started_at >= minute * 0.9
    assert second - started_at >= minute * 1.9
