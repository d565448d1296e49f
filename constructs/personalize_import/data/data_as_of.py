"""The stack's parameter `DataAsOf`: a deploy that changes it compares the data with the data of the last import."""

from collections.abc import Iterator
from typing import Final
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from constructs import IConstruct

from personalize_import.data.reimport import Reimport
from personalize_import.synthesis.stack_environment import once_per_stack, top_level_stack_of
from personalize_import.synthesis.warnings import WARNING_ID_PREFIX
from personalize_import_handler import contract

_ID: Final = "DataAsOf"
_DESCRIPTION: Final = (
    "A deploy that changes this value compares the data of import jobs with that of their last import."
)
_PARAMETERS: Final[WeakKeyDictionary[cdk.Stack, cdk.CfnParameter]] = WeakKeyDictionary()


def check_data_as_of(name: str, reimport: object, scope: IConstruct) -> Iterator[str]:
    """Yield a problem if the parameter is needed, but the top-level stack has another construct `DataAsOf`."""
    if not isinstance(reimport, Reimport) or not reimport.compares_data or reimport.as_of is not None:
        return
    top = top_level_stack_of(scope)
    if top not in _PARAMETERS and top.node.try_find_child(_ID):
        yield (
            f"{name} needs a parameter {_ID} in the stack {top.node.path}, which has a construct of that id already: "
            "rename that construct, or pass a value: Reimport.when_data_changes(as_of=...)"
        )


def data_as_of(scope: IConstruct, as_of: str | None) -> str:
    """Return the given value, or the parameter of the top-level stack, which is shared by all jobs of the stack."""
    return _parameter_of(scope).value_as_string if as_of is None else as_of


@once_per_stack
def _parameter_of(stack: cdk.Stack) -> cdk.CfnParameter:
    top = top_level_stack_of(stack)
    known = _PARAMETERS.get(top)
    if known is None:
        known = _PARAMETERS[top] = cdk.CfnParameter(
            top, _ID, default="", max_length=contract.DATA_AS_OF_LENGTH_MAX, description=_DESCRIPTION
        )
        _warn_of_pipeline(known)
    return known


def _warn_of_pipeline(parameter: cdk.CfnParameter) -> None:
    """Warn about a parameter in a Stage: CDK Pipelines deploys Stages, and can't set parameters."""
    stage = cdk.Stage.of(parameter)
    if stage and not cdk.App.is_app(stage):
        cdk.Annotations.of(parameter).add_warning_v2(
            f"{WARNING_ID_PREFIX}data-as-of-in-stage",
            f"changed data is never imported again if CDK Pipelines deploys the Stage {stage.node.path}: it can't set "
            f"the parameter {_ID}. Pass a value that is new in each run, such as the commit: "
            "Reimport.when_data_changes(as_of=...)",
        )
