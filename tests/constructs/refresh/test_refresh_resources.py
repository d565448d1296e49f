"""The number of resources that triggers add to a stack."""

from collections import Counter

import aws_cdk as cdk

from tests.constructs.support.refreshes import EVERY_NIGHT, refreshed_job
from tests.constructs.support.stacks import template_of


def added(*, schedules: int, uploads: bool) -> Counter[str]:
    """Return the types of the resources that triggers add to a stack of one job."""
    job, plain = refreshed_job(), refreshed_job()
    for number in range(schedules):
        job.refresh_on_schedule(f"Schedule{number}", schedule=EVERY_NIGHT)
    if uploads:
        job.refresh_on_upload("Uploads")
    with_triggers, without = (
        Counter(each["Type"] for each in template_of(cdk.Stack.of(one))["Resources"].values()) for one in (job, plain)
    )
    assert without - with_triggers == Counter()
    return with_triggers - without


def test_a_schedule_adds_two_resources_and_each_further_one_a_single_one() -> None:
    assert added(schedules=1, uploads=False) == {"AWS::Scheduler::Schedule": 1, "AWS::IAM::Role": 1}
    assert added(schedules=3, uploads=False) == {"AWS::Scheduler::Schedule": 3, "AWS::IAM::Role": 1}


def test_uploads_add_two_resources() -> None:
    assert added(schedules=0, uploads=True) == {"AWS::Events::Rule": 1, "AWS::Lambda::Permission": 1}


def test_both_add_four() -> None:
    assert sum(added(schedules=1, uploads=True).values()) == 4
