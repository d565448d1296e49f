"""Empty parameters of states, which ministack takes for absent ones."""

from typing import Any

from ministack.services import stepfunctions


def apply_empty_parameters() -> None:
    """Replace a state's input by `{}` if its Parameters are empty, as for any other Parameters.

    The CDK writes them for a CallAwsService without parameters.
    https://docs.aws.amazon.com/step-functions/latest/dg/input-output-inputpath-params.html
    """
    apply = stepfunctions._apply_parameters  # noqa: SLF001

    def apply_parameters(state_def: dict[str, Any], data: Any, ctx: dict[str, Any] | None = None) -> Any:  # noqa: ANN401
        return {} if state_def.get("Parameters") == {} else apply(state_def, data, ctx)

    stepfunctions._apply_parameters = apply_parameters  # noqa: SLF001
