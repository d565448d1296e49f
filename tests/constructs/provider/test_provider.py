"""The default provider of a stack: two functions, a state machine between them, and one log group."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from constructs import Construct

from personalize_import import DatasetImportProvider
from personalize_import_handler.contract import Environment
from tests.constructs.support.cloudformation import Deployed
from tests.constructs.support.stacks import add_job, deployed, new_app, new_stack

OF_A_PROVIDER = {
    "AWS::Lambda::Function": 2,
    "AWS::StepFunctions::StateMachine": 1,
    "AWS::Logs::LogGroup": 1,
}


@pytest.fixture(scope="module")
def stack() -> cdk.Stack:
    stack = new_stack()
    add_job(stack, "One")
    add_job(Construct(stack, "Nested"), "Two")
    add_job(Construct(Construct(stack, "Twice"), "Nested"), "Three")
    return stack


@pytest.fixture(scope="module")
def template(stack: cdk.Stack) -> Deployed:
    return deployed(stack)


def functions(template: Deployed) -> dict[str, dict[str, Any]]:
    """Return the two functions by the last part of their handler."""
    return {each["Handler"].rpartition(".")[2]: each for each in template.all_properties("AWS::Lambda::Function")}


def test_all_jobs_of_a_stack_share_one_provider(template: Deployed) -> None:
    assert {kind: len(template.of_type(kind)) for kind in OF_A_PROVIDER} == OF_A_PROVIDER
    assert len(template.of_type("Custom::PersonalizeDatasetImportJob")) == 3


def test_two_stacks_have_separate_providers() -> None:
    app = new_app()
    stacks = [new_stack(name, app) for name in ("One", "Two")]
    for stack in stacks:
        add_job(stack)

    for stack in stacks:
        assert {kind: len(deployed(stack).of_type(kind)) for kind in OF_A_PROVIDER} == OF_A_PROVIDER


def test_a_stack_without_a_job_has_no_provider() -> None:
    assert "Resources" not in deployed(new_stack()).template


def test_cloudformation_calls_on_event_and_only_that_starts_the_waiter(stack: cdk.Stack, template: Deployed) -> None:
    (waiter,) = template.of_type("AWS::StepFunctions::StateMachine")
    on_event, is_complete = (functions(template)[name] for name in ("on_event", "is_complete"))
    arn = template.value(stack.resolve(DatasetImportProvider.get_or_create(stack).on_event.function_arn))

    assert {job["ServiceToken"] for job in template.all_properties("Custom::PersonalizeDatasetImportJob")} == {arn}
    own_stack = {Environment.STACK_ID: template.value({"Ref": "AWS::StackId"})}
    assert on_event["Environment"]["Variables"] == {
        **own_stack,
        Environment.STATE_MACHINE_ARN: f"arn:aws:states:eu-west-1:123456789012:stateMachine:{waiter.lower()}",
    }
    assert is_complete["Environment"]["Variables"] == own_stack


def test_a_failed_invocation_is_retried_only_within_the_hour_of_cloudformation(
    stack: cdk.Stack, template: Deployed
) -> None:
    settings = template.only("AWS::Lambda::EventInvokeConfig")
    assert settings["MaximumRetryAttempts"] == 2
    assert settings["MaximumEventAgeInSeconds"] == 3600
    assert settings["FunctionName"] == template.value(
        stack.resolve(DatasetImportProvider.get_or_create(stack).on_event.function_name)
    )


def test_both_functions_run_the_same_code_in_256_mib(template: Deployed) -> None:
    on_event, is_complete = (functions(template)[name] for name in ("on_event", "is_complete"))

    for function in (on_event, is_complete):
        assert function["Handler"].startswith("personalize_import_handler.index.")
        assert function["MemorySize"] == 256
        assert function["Timeout"] == 300
        assert function["Runtime"] == "python3.13"
        assert function["Architectures"] == ["arm64"]
    assert on_event["Code"] == is_complete["Code"]


def test_both_functions_log_to_one_group_with_a_retention_that_is_deleted_with_the_stack(template: Deployed) -> None:
    ((name, log_group),) = template.of_type("AWS::Logs::LogGroup").items()

    assert log_group["Properties"]["RetentionInDays"] == 30
    assert log_group["DeletionPolicy"] == "Delete"
    for function in functions(template).values():
        assert function["LoggingConfig"] == {"LogGroup": name.lower()}


@pytest.fixture(scope="module")
def waiter(template: Deployed) -> dict[str, Any]:
    definition = json.loads(template.only("AWS::StepFunctions::StateMachine")["DefinitionString"])
    assert isinstance(definition, dict)
    return definition


def test_the_state_machine_waits_for_the_requested_seconds_and_then_polls(
    waiter: dict[str, Any], template: Deployed
) -> None:
    states = waiter["States"]
    (is_complete,) = [name for name in template.of_type("AWS::Lambda::Function") if "IsComplete" in name]

    assert waiter["StartAt"] == "Wait"
    assert states["Wait"] == {"Type": "Wait", "SecondsPath": "$.WaitSeconds", "Next": "Poll"}
    assert states["Poll"]["Resource"] == f"arn:aws:lambda:eu-west-1:123456789012:function:{is_complete.lower()}"


def test_the_state_machine_retries_a_failed_poll_and_keeps_its_state(waiter: dict[str, Any]) -> None:
    (retry,) = waiter["States"]["Poll"]["Retry"]

    # Not after the interval of the last poll: that may be nothing, and a history has 25,000 events at most.
    assert retry == {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 15, "BackoffRate": 1, "MaxAttempts": 240}
    assert retry["IntervalSeconds"] * retry["MaxAttempts"] == 3600
    assert "Catch" not in waiter["States"]["Poll"]


def test_the_state_machine_ends_when_the_handler_has_finished(waiter: dict[str, Any]) -> None:
    states = waiter["States"]
    failed, done = states[states["Poll"]["Next"]]["Choices"]

    assert done == {"Variable": "$.IsComplete", "BooleanEquals": True, "Next": "Done"}
    assert states[states["Poll"]["Next"]]["Default"] == "Wait"
    assert states["Done"] == {"Type": "Succeed"}
    # A failure is also complete, so that it ends an execution of the earlier definition, which reads only IsComplete.
    assert failed == {"Variable": "$.Error", "IsPresent": True, "Next": "Failed"}
    assert states["Failed"] == {"Type": "Fail", "ErrorPath": "$.Error", "CausePath": "$.Cause"}


def test_the_state_machine_has_time_for_the_longest_refresh(waiter: dict[str, Any]) -> None:
    assert waiter["TimeoutSeconds"] == (7.5 + 36 + 1) * 3600


def test_every_state_is_reached_and_exists(waiter: dict[str, Any]) -> None:
    named = {waiter["StartAt"]}
    for state in waiter["States"].values():
        followers = [state, *state.get("Choices", [])]
        named |= {each[key] for each in followers for key in ("Next", "Default") if key in each}

    assert named == set(waiter["States"])


def test_the_parts_of_a_provider_can_be_read_repeatedly() -> None:
    stack = new_stack()
    job = add_job(stack)
    provider = DatasetImportProvider.get_or_create(job)

    assert provider is DatasetImportProvider.get_or_create(stack)
    for _ in range(2):
        assert stack.resolve(provider.state_machine.state_machine_arn) == {
            "Fn::GetAtt": ["DatasetImportProviderWaiter82AB844C", "Arn"]
        }
        assert provider.on_event.function_arn == provider.service_token
        assert provider.is_complete.function_arn != provider.on_event.function_arn
        assert provider.log_group.log_group_name
