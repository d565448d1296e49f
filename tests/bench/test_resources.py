"""The counts of the ways to add imports, and the format of goals and tables."""

import json

import pytest

from bench import cold_start, resources, synth
from bench.apps import WAYS, make
from bench.bytecode import Took
from bench.tables import Goal, goals_table, table


@pytest.mark.parametrize("way", WAYS)
def test_each_contender_adds_the_requested_number_of_imports(way: str) -> None:
    template = resources.template_of(make(way, 2))

    kinds = [each["Type"] for each in template["Resources"].values() if each["Type"].startswith("Custom::")]
    roles = [
        role
        for role in resources.of_type(template, "AWS::IAM::Role")
        if "personalize.amazonaws.com" in json.dumps(role["AssumeRolePolicyDocument"])
    ]
    assert len(kinds) == 2
    assert len(roles) == 2


def test_the_size_of_a_policy_is_its_deployed_size() -> None:
    joined = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":iam::", {"Ref": "AWS::AccountId"}, ":role/x"]]}
    assert resources.size_of(joined) == len('"arn:aws:iam::111111111111:role/x"')
    role = {"Policies": [{"PolicyDocument": {"a": "b"}}, {"PolicyDocument": {"a": "bc"}}]}
    assert resources.inline_size(role) == len('{"a":"b"}') + len('{"a":"bc"}')


def test_goals_of_synth_are_checked_for_each_number_and_per_import() -> None:
    numbers = (1, 10, 100)
    bare = {(way, number): Took(1, 1) for number in numbers for way in ("bare", synth._SAME)}
    linear = {**bare, **{("ours", number): Took(took, 1) for number, took in ((1, 1.0), (10, 1.09), (100, 1.99))}}
    steeper = {**bare, **{("ours", number): Took(took, 1) for number, took in ((1, 1.0), (10, 1.01), (100, 1.2))}}

    assert [goal.reached for goal in synth._goals(linear, numbers)] == [True, True, False, True]
    assert [goal.reached for goal in synth._goals(steeper, numbers)] == [True, True, True, False]


def test_a_goal_of_synth_is_bounded_by_the_same_without_the_library_as_far_as_that_goes() -> None:
    def bounds_if_the_same_takes(seconds: float) -> list[str]:
        took = {"bare": 1.0, synth._SAME: seconds, "ours": 2.0}
        least = {(way, number): Took(took[way], 1) for way in took for number in (1, 10)}
        return [goal.bound for goal in synth._goals(least, (1, 10))]

    assert bounds_if_the_same_takes(1.3) == ["the same without this library takes 1.30 times as long"] * 2
    assert [bound.partition("; ")[2][:8] for bound in bounds_if_the_same_takes(1.09)] == ["the rest"] * 2


def test_goals_of_a_cold_start_are_checked_by_time() -> None:
    taken = {name: cold_start.Loaded(100, 1) for name in cold_start._LOADED}
    taken["on_event"] = cold_start.Loaded(111, 1)

    assert [goal.reached for goal in cold_start._goals(taken)] == [False, False, False, True]


def test_numbers_are_aligned_right_and_text_left() -> None:
    assert table(["way", "imports"], [("ours", 1), ("bare", 20)]).splitlines()[1] == "| --- | ---: |"
    assert goals_table([Goal("fast", "1 s", reached=False)]).splitlines()[2] == "| fast | 1 s | no |"


def test_a_missed_goal_has_what_bounds_it() -> None:
    goals = [Goal("fast", "1 s", reached=reached, bound="light takes 1 s") for reached in (True, False)]
    assert goals_table(goals).splitlines()[2:] == ["| fast | 1 s | yes |", "| fast | 1 s | no: light takes 1 s |"]
