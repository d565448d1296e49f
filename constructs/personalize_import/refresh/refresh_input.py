"""The input of a refresh: the JSON text that a rule or a schedule sends to OnEvent."""

from collections.abc import Iterator
from typing import Final, cast

import aws_cdk as cdk
from aws_cdk import aws_events as events

from personalize_import.refresh.refresh_settings import RefreshSettings
from personalize_import.synthesis.at_synthesis import at_synthesis
from personalize_import.synthesis.intrinsics import Intrinsics
from personalize_import.synthesis.lazy_values import lazy_string
from personalize_import.synthesis.stack_environment import stack_of
from personalize_import.synthesis.validation import seconds_of
from personalize_import_handler import contract
from personalize_import_handler.contract.constraints import shown
from personalize_import_handler.contract.refresh_event import REQUEST_TYPE, RefreshEvent

TIME_OF_SCHEDULE: Final = "<aws.scheduler.scheduled-time>"
"""https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html"""
_TIME_OF_EVENT: Final = "<time>"
_TEMPLATE_LENGTH_MAX: Final = 8192
"""https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_InputTransformer.html"""
_PLACEHOLDER_LENGTH: Final = 100
"""An estimate of the length of a value that is known at deploy time only, such as an ARN."""


class RefreshInput(events.RuleTargetInput):
    """The input for a target of a rule, with the time of the event.

    `RuleTargetInput.from_object` can't be used: it resolves the properties of the job before they are complete.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def bind(self, rule: object) -> events.RuleTargetInputProperties:  # noqa: ARG002 - the base class has it
        """Return the template, which EventBridge fills in for each event."""
        return events.RuleTargetInputProperties(input_paths_map={"time": "$.time"}, input_template=self._text)


def input_of_rule(settings: RefreshSettings, *, always: bool, quiet_seconds: int) -> RefreshInput:
    """Return the input for a rule, and check its length and characters when the template of the stack is written."""
    text = refresh_text(settings, _TIME_OF_EVENT, always=always, quiet_seconds=quiet_seconds)

    def check() -> None:
        for problem in _check_template(_readable(settings, text)):
            cdk.Annotations.of(settings.job).add_error(problem)

    at_synthesis(settings.job, check)
    return RefreshInput(text)


def refresh_text(settings: RefreshSettings, requested_at: str, *, always: bool, quiet_seconds: int) -> str:
    """Return the input as a token, because the properties of the job may change until synthesis."""
    stack, first = stack_of(settings.job), settings.chain[0]
    timeout = seconds_of(settings.timeout)

    def text() -> str:
        event: RefreshEvent = {
            "RequestType": REQUEST_TYPE,
            "ResourceType": contract.RESOURCE_TYPE,
            "StackId": stack.stack_id,
            "LogicalResourceId": first.logical_id,
            "PhysicalResourceId": first.ref,
            "RequestedAt": requested_at,
            "QuietSeconds": quiet_seconds,
            "Always": always,
            "TimeoutSeconds": cast("int", settings.timeout.to_seconds()) if timeout is None else round(timeout),
            "ResourceProperties": settings.properties(),
        }
        return stack.to_json_string(event)

    return lazy_string(text)


def _readable(settings: RefreshSettings, text: str) -> str:
    """Return the resolved text, with a placeholder for each value that is known at deploy time only."""
    placeholder = "x" * _PLACEHOLDER_LENGTH
    intrinsics = Intrinsics(
        ref=lambda _: placeholder, get_att=lambda _id, _name: placeholder, function=lambda _: placeholder
    )
    return str(intrinsics.flatten(stack_of(settings.job).resolve(text)))


def _check_template(text: str) -> Iterator[str]:
    values = text.replace(_TIME_OF_EVENT, "", 1)
    if found := [each for each in "<>" if each in values]:
        position = values.index(found[0])
        yield (
            f"the properties of an import that a rule refreshes must not contain < or >, which mark the placeholders "
            f"of EventBridge, got {shown(values[max(0, position - 40) : position + 40])}"
        )
    if len(text) > _TEMPLATE_LENGTH_MAX:
        yield (
            f"the input of a rule that refreshes this import would have about {len(text):,} characters; EventBridge "
            f"allows {_TEMPLATE_LENGTH_MAX:,}. Use fewer or shorter tags, or a schedule, which has no such limit"
        )
