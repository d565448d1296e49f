"""Several imports into one dataset: `after`, and warnings where one import removes the rows of another."""

import re
from typing import Any

import aws_cdk as cdk
import pytest

from personalize_import import DatasetImportJob
from personalize_import.synthesis.validation import ValidationError
from tests.constructs.support.stacks import (
    add_dataset,
    add_job,
    deployed,
    logical_id,
    new_stack,
    own_warnings,
    properties_of,
    template_of,
)

OTHER = "arn:aws:personalize:eu-west-1:123456789012:dataset/group/ITEMS"
FULL, ADDED = {"import_mode": "FULL"}, {"import_mode": "INCREMENTAL"}


def two_jobs(
    first: dict[str, Any], second: dict[str, Any], *, linked: bool = False, ordered: bool = False
) -> tuple[DatasetImportJob, DatasetImportJob]:
    stack = new_stack()
    dataset = add_dataset(stack)
    one = add_job(stack, "One", dataset=dataset, **first)
    two = add_job(stack, "Two", dataset=dataset, **{**second, **({"after": one} if linked else {})})
    if ordered:
        two.node.add_dependency(one)
    return one, two


def warnings_of(jobs: tuple[DatasetImportJob, ...]) -> list[str]:
    ids = ("full-imports", "incremental-import", "imports-in")
    return [warning for each in ids for warning in own_warnings(cdk.Stack.of(jobs[0]), each)]


def test_an_import_after_another_one_has_the_job_of_that_one_and_depends_on_it() -> None:
    one, two = two_jobs(FULL, ADDED, linked=True)
    resource = template_of(cdk.Stack.of(two))["Resources"][logical_id(two.node.find_child("Resource"))]

    assert resource["Properties"]["After"] == {
        "Fn::GetAtt": [logical_id(one.node.find_child("Resource")), "DatasetImportJobArn"]
    }


def test_an_import_after_one_with_a_wait_chain_comes_after_its_last_resource() -> None:
    one, two = two_jobs({**FULL, "timeout": cdk.Duration.hours(2)}, ADDED, linked=True)
    properties = template_of(cdk.Stack.of(two))["Resources"][logical_id(two.node.find_child("Resource"))]["Properties"]

    assert properties["After"]["Fn::GetAtt"][0] == logical_id(one.node.find_child("Wait3"))


def test_a_full_import_lists_its_followers_in_order() -> None:
    one, two = two_jobs(FULL, ADDED, linked=True)
    third = add_job(cdk.Stack.of(one), "Three", dataset=one.dataset_arn, after=two, job_name_prefix="third", **ADDED)

    assert properties_of(one)["FollowedBy"] == [
        {"LogicalId": logical_id(two)},
        {"LogicalId": logical_id(third), "JobName": "third"},
    ]
    assert "FollowedBy" not in properties_of(two)


def test_every_resource_of_a_wait_chain_lists_the_first_resource_of_each_follower() -> None:
    long = {"timeout": cdk.Duration.hours(2)}
    one, two = two_jobs({**FULL, **long}, {**ADDED, **long}, linked=True)
    resources = template_of(cdk.Stack.of(one))["Resources"]

    for each in ("Resource", "Wait2", "Wait3"):
        properties = resources[logical_id(one.node.find_child(each))]["Properties"]
        assert properties["FollowedBy"] == [{"LogicalId": logical_id(two.node.find_child("Resource"))}]


def test_a_logical_id_that_is_overridden_later_is_listed_with_its_final_value() -> None:
    one, two = two_jobs(FULL, ADDED, linked=True)
    getattr(two.node.default_child, "override_logical_id")("Renamed")  # noqa: B009  # no static type has it

    assert properties_of(one)["FollowedBy"] == [{"LogicalId": "Renamed"}]


def test_an_import_without_followers_lists_none() -> None:
    one, two = two_jobs(FULL, ADDED)

    assert "FollowedBy" not in properties_of(one)
    assert "FollowedBy" not in properties_of(two)


def test_an_incremental_import_without_a_preceding_full_import_lists_no_followers() -> None:
    one, two = two_jobs(ADDED, ADDED, linked=True)

    assert "FollowedBy" not in properties_of(one)
    assert "FollowedBy" not in properties_of(two)


def test_an_import_after_one_of_the_same_dataset_by_its_name_is_listed_too() -> None:
    stack = new_stack()
    one = add_job(stack, "One", dataset=add_dataset(stack))
    two = add_job(stack, "Two", after=one, **ADDED)

    assert properties_of(one)["FollowedBy"] == [{"LogicalId": logical_id(two)}]


@pytest.mark.parametrize("ordered", [False, True])
def test_two_full_imports_into_one_dataset_are_a_warning_that_names_both(*, ordered: bool) -> None:
    (warning,) = warnings_of(two_jobs(FULL, {}, ordered=ordered))

    assert warning.startswith("Stack/One is a FULL import into the same dataset")
    assert "[ack: cdk-personalize-import:full-imports-into-one-dataset]" in warning


@pytest.mark.parametrize(("first", "second"), [(FULL, ADDED), (ADDED, FULL)])
def test_an_incremental_import_without_after_is_a_warning_that_names_both(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    (warning,) = warnings_of(two_jobs(first, second, ordered=True))

    assert "Stack/One" in warning
    assert "Stack/Two" in warning
    assert "[ack: cdk-personalize-import:incremental-import-without-after]" in warning


def test_an_incremental_import_after_the_full_one_causes_no_warning() -> None:
    assert warnings_of(two_jobs(FULL, ADDED, linked=True)) == []


def test_incremental_imports_after_the_same_full_one_cause_no_warning() -> None:
    one, two = two_jobs(FULL, ADDED, linked=True)
    third = add_job(cdk.Stack.of(one), "Three", dataset=one.dataset_arn, after=one, **ADDED)
    fourth = add_job(cdk.Stack.of(one), "Four", dataset=one.dataset_arn, after=third, **ADDED)

    assert warnings_of((one, two, third, fourth)) == []


def test_two_incremental_imports_in_any_order_are_a_warning_that_can_be_acknowledged() -> None:
    jobs = two_jobs(ADDED, ADDED)
    (warning,) = warnings_of(jobs)
    assert warning.startswith("Stack/One imports into the same dataset, before or after this one.")

    other = two_jobs(ADDED, ADDED)
    cdk.Annotations.of(other[1]).acknowledge_warning("cdk-personalize-import:imports-in-any-order")
    assert warnings_of(other) == []


def test_two_incremental_imports_in_order_cause_no_warning() -> None:
    assert warnings_of(two_jobs(ADDED, ADDED, ordered=True)) == []


def test_imports_into_two_datasets_cause_no_warning() -> None:
    stack = new_stack()
    assert warnings_of((add_job(stack, "One"), add_job(stack, "Two", dataset=OTHER))) == []


def test_imports_into_one_dataset_from_two_stacks_of_the_app_are_a_warning_too() -> None:
    app = cdk.App()
    one = add_job(new_stack("First", app), "One")
    two = add_job(new_stack("Second", app), "Two", **ADDED)

    assert warnings_of((one,)) == []
    (warning,) = warnings_of((two,))
    assert "First/One is a FULL import into the same dataset as Second/Two" in warning
    assert "Move both into one stack" in warning


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({**FULL}, "after is only for INCREMENTAL imports"),
        ({**ADDED, "dataset": OTHER}, f"must be a job of the dataset {OTHER}"),
        ({**ADDED, "after": "job"}, "after must be a DatasetImportJob, got 'job'"),
    ],
)
def test_an_import_that_can_not_come_after_the_other_one_is_an_error(arguments: dict[str, Any], problem: str) -> None:
    stack = new_stack()
    with pytest.raises(ValidationError, match=problem):
        add_job(stack, "Two", **{"after": add_job(stack, "One"), **arguments})


def test_an_import_of_another_stack_can_not_come_before() -> None:
    app = cdk.App()
    one = add_job(new_stack("First", app), "One")
    with pytest.raises(ValidationError, match="after must be a job of the same stack, got 'First/One'"):
        add_job(new_stack("Second", app), "Two", after=one, **ADDED)


def test_jobs_in_a_nested_stack_have_a_scope_that_stays_the_same() -> None:
    stack = new_stack("shop")
    nested = cdk.NestedStack(stack, "Imports")
    job = add_job(nested)

    scope = deployed(nested).properties(logical_id(job.node.find_child("Resource")))["StackScope"]

    assert re.fullmatch("shop/shopImports[0-9A-F]{8}", scope)
    assert deployed(nested).properties(logical_id(job.role))["Path"] == f"/personalize-import/eu-west-1/{scope}/"
    assert "StackScope" not in deployed(cdk.Stack.of(add_job(new_stack()))).of_type("Custom::X")


def test_an_import_into_another_dataset_of_the_app_can_not_come_before() -> None:
    stack = new_stack()
    one = add_job(stack, "One", dataset=add_dataset(stack))
    with pytest.raises(ValidationError, match="must be a job of the dataset Stack/Items"):
        add_job(stack, "Two", dataset=add_dataset(stack, "Items"), after=one, **ADDED)


def test_an_import_with_a_mode_known_only_at_deploy_time_may_come_after_another_one() -> None:
    stack = new_stack()
    mode = cdk.CfnParameter(stack, "Mode").value_as_string

    assert add_job(stack, "Two", after=add_job(stack, "One"), import_mode=mode)


def test_imports_from_stacks_that_are_deployed_in_order_are_in_order() -> None:
    app = cdk.App()
    first, second, third = (new_stack(name, app) for name in ("First", "Second", "Third"))
    second.add_dependency(first)
    third.add_dependency(second)
    one, two = add_job(first, "One", **ADDED), add_job(third, "Two", **ADDED)

    assert own_warnings(third, "imports-in-any-order") == []
    assert warnings_of((one,)) == warnings_of((two,)) == []


def without_full(stack: cdk.Stack) -> list[str]:
    return own_warnings(stack, "missing-full-import")


def test_an_incremental_import_as_the_only_one_into_a_dataset_of_the_app_is_a_warning() -> None:
    stack = new_stack()
    add_job(stack, dataset=add_dataset(stack), **ADDED)

    (warning,) = without_full(stack)

    assert warning.startswith("this app creates the dataset, and has no FULL import into it. The first import into")


def test_incremental_imports_after_an_only_incremental_one_are_one_warning() -> None:
    one, _ = two_jobs(ADDED, ADDED, linked=True)

    assert len(without_full(cdk.Stack.of(one))) == 1


def test_an_incremental_import_causes_no_warning_if_a_full_import_may_come_first() -> None:
    stack = new_stack()
    add_job(stack, "OfNoApp", **ADDED)
    added, _ = two_jobs(ADDED, FULL)
    mode = cdk.CfnParameter(stack, "Mode").value_as_string
    unknown = add_dataset(stack)
    add_job(stack, "Unknown", dataset=unknown, import_mode=mode)
    add_job(stack, "Added", dataset=unknown, **ADDED)

    assert without_full(stack) == []
    assert without_full(cdk.Stack.of(added)) == []


def test_a_full_import_of_another_stack_may_come_first_too() -> None:
    app = cdk.App()
    first, second = new_stack("First", app), new_stack("Second", app)
    dataset = add_dataset(first)
    add_job(second, dataset=dataset, **ADDED)
    add_job(first, dataset=dataset)

    assert without_full(second) == []
