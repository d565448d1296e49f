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


def test_goals_of_synth_are_checked_for_each_number() -> None:
    numbers = (1, 10, 100)
    turns = {(way, number): [Took(1, 1)] for number in numbers for way in ("bare", synth._SAME)}
    turns |= {("ours", number): [Took(took, 1)] for number, took in ((1, 1.0), (10, 1.11), (100, 1.19))}

    assert [goal.reached for goal in synth._goals(turns, numbers)] == [True, False, True]


def test_only_runs_of_one_turn_are_compared() -> None:
    turns = {("bare", 1): [Took(1, 1), Took(2, 1)], ("ours", 1): [Took(1.2, 1), Took(2.4, 1)]}

    assert synth._ratios(turns, "ours", 1) == [1.2, 1.2]


def test_an_import_may_take_longer_among_many_only_if_that_of_bare_resources_does() -> None:
    missed, explained = synth._linear({"bare": 1.2, "ours": 1.4}), synth._linear({"bare": 1.4, "ours": 1.4})

    assert (missed.reached, missed.bound) == (False, "")
    assert (explained.reached, explained.bound) == (False, "of bare resources it takes 1.40 times as long")
    assert synth._linear({"bare": 1.0, "ours": 1.2}).reached


def test_a_goal_of_synth_is_bounded_by_the_same_without_the_library_as_far_as_that_goes() -> None:
    def bounds_if_the_same_takes(seconds: float) -> list[str]:
        took = {"bare": 1.0, synth._SAME: seconds, "ours": 2.0}
        turns = {(way, number): [Took(took[way], 1)] for way in took for number in (1, 10)}
        return [goal.bound for goal in synth._goals(turns, (1, 10))]

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
