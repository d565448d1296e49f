"""Rules of EventBridge: whom they may invoke, and what they send, on the simulated clock."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.deploy.support.cloud import Cloud
from tests.local_aws.ministack.conftest import Recorder
from tests.local_aws.support.queues import make_queue
from tests.local_aws.support.server_setup import ACCOUNT, REGION
from tests.support.until import until

RULE = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/"


def make_rule(cloud: Cloud, name: str, *targets: str, **more: str) -> None:
    events = cloud.client("events")
    events.put_rule(Name=name, **(more or {"EventPattern": json.dumps({"source": [name]})}))
    events.put_targets(Rule=name, Targets=[{"Id": str(n), "Arn": arn} for n, arn in enumerate(targets)])


def send(cloud: Cloud, source: str) -> None:
    cloud.client("events").put_events(Entries=[{"Source": source, "DetailType": "Any", "Detail": "{}"}])


def allow_rule(cloud: Cloud, function: str, *, principal: str = "events.amazonaws.com", rule: str) -> None:
    cloud.client("lambda").add_permission(
        FunctionName=function,
        StatementId="rule",
        Action="lambda:InvokeFunction",
        Principal=principal,
        SourceArn=RULE + rule,
    )


def test_a_rule_invokes_a_function_whose_policy_allows_it(cloud: Cloud, recorder: Recorder) -> None:
    make_rule(cloud, recorder.name, recorder.arn)
    allow_rule(cloud, recorder.name, rule=recorder.name)
    send(cloud, recorder.name)

    until(lambda: len(recorder.times()) == 1)


@pytest.mark.parametrize(
    "permission",
    [None, {"rule": "another"}, {"principal": "s3.amazonaws.com", "rule": "*"}],
    ids=["without", "another-rule", "another-service"],
)
def test_a_rule_invokes_no_function_without_its_permission(
    cloud: Cloud, recorder: Recorder, permission: dict[str, str] | None
) -> None:
    queue = make_queue(cloud, recorder.name)
    make_rule(cloud, recorder.name, recorder.arn, queue.arn)
    if permission:
        allow_rule(cloud, recorder.name, **permission)
    send(cloud, recorder.name)

    assert queue.first()["source"] == recorder.name
    time.sleep(0.5)  # a function that is invoked has written its time by then
    assert recorder.times() == []


def test_a_rule_starts_at_the_simulated_times_of_cron(cloud: Cloud, name: str) -> None:
    queue = make_queue(cloud, name)
    make_rule(cloud, name, queue.arn, ScheduleExpression="cron(* * * * ? *)")
    before = cloud.aws.control("GET", "status")["now"]
    message = queue.first()
    after = cloud.aws.control("GET", "status")["now"]
    cloud.client("events").disable_rule(Name=name)

    assert message["detail-type"] == "Scheduled Event"
    assert before - 60 < datetime.fromisoformat(message["time"]).timestamp() <= after


def test_the_time_of_an_upload_is_simulated_and_has_whole_seconds(cloud: Cloud, name: str) -> None:
    queue = make_queue(cloud, name)
    pattern = {"source": ["aws.s3"], "detail": {"bucket": {"name": [name]}}}
    make_rule(cloud, name, queue.arn, EventPattern=json.dumps(pattern))
    cloud.put(name, "before.csv", "")
    cloud.s3.put_bucket_notification_configuration(
        Bucket=name, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    cloud.s3.put_object(Bucket=name, Key="a.csv", Body=b"a")

    message = queue.first()

    assert message["detail"]["object"]["key"] == "a.csv"
    uploaded_at = cloud.s3.head_object(Bucket=name, Key="a.csv")["LastModified"]
    sent_at = datetime.strptime(message["time"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert uploaded_at <= sent_at < uploaded_at + timedelta(minutes=5)
