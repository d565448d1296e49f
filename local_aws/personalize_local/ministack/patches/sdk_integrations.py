"""The AWS SDK integration of Step Functions with Personalize, which ministack lacks.

https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html documents the resource
`arn:aws:states:::aws-sdk:personalize:apiAction`, the prefix `Personalize` of error names, and names in Pascal case.

Assumed, because it is not documented:

- An error that the API model doesn't list (such as AccessDeniedException and ThrottlingException) has the name
  `Personalize.PersonalizeException`, as `Ec2.Ec2Exception` of Amazon EC2: the SDK for Java has no class for it.
- A request without a response is `Personalize.SdkClientException`, as `Lambda.SdkClientException`.
- Names with abbreviations keep them: `PerformHPO`.
- Timestamps are in ISO 8601.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final, NoReturn
from uuid import uuid4

from botocore.model import ListShape, MapShape, Shape, StructureShape
from ministack.services import stepfunctions
from ministack.services.cloudformation import provisioners

from personalize_local.ministack import callers
from personalize_local.ministack.patches.roles import EXECUTION_ROLE
from personalize_local.ministack.sessions import start_session
from personalize_local.personalize.json_protocol import Response
from personalize_local.personalize.service import PersonalizeService
from personalize_local.personalize.service_model import service_model

_RESOURCE: Final = "arn:aws:states:::aws-sdk:personalize:"
_PREFIX: Final = "Personalize"
_SESSION_SECONDS: Final = 900
_OK: Final = 200


def integrate_personalize(service: PersonalizeService, endpoint_url: str) -> None:
    """Call Personalize from state machines, with the permissions of the state machine's role."""
    invoke = stepfunctions._invoke_aws_sdk_integration  # noqa: SLF001

    def invoke_integration(resource: str, parameters: Any) -> Any:  # noqa: ANN401 - JSON
        if not resource.startswith(_RESOURCE):
            return invoke(resource, parameters)
        operation = _operation(resource)
        if operation is None:
            _fail("States.Runtime", f"The resource provided {resource} is not recognized.")
        return _call(service, endpoint_url, operation, parameters)

    stepfunctions._invoke_aws_sdk_integration = invoke_integration  # noqa: SLF001


def refuse_unrecognized_resources() -> None:
    """Refuse state machines that call operations which Personalize doesn't have; the message is AWS's."""
    validate, definition_of = stepfunctions._validate_definition_jsonata, provisioners._sfn_definition  # noqa: SLF001

    def validate_definition(definition: Any) -> str | None:  # noqa: ANN401 - JSON
        return validate(definition) or _refusal(definition)

    def checked_definition(props: dict[str, Any]) -> str:
        definition = str(definition_of(props))
        if refusal := _refusal(definition):
            raise ValueError(refusal)
        return definition

    stepfunctions._validate_definition_jsonata = validate_definition  # noqa: SLF001
    provisioners._sfn_definition = checked_definition  # noqa: SLF001


def _refusal(definition: Any) -> str | None:  # noqa: ANN401 - JSON
    """Return the message for the first resource in a definition that isn't recognized, if there is one."""
    try:
        states = json.loads(definition)
    except (TypeError, ValueError):
        return None  # reported elsewhere
    for path, resource in _resources(states, ""):
        if resource.startswith(_RESOURCE) and _operation(resource) is None:
            problem = f"The resource provided {resource} is not recognized. The value is not a valid resource ARN, or"
            where = f"the resource is not available in this region. at {path}"
            return f"Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: {problem} {where}'"
    return None


def _resources(node: Any, path: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - JSON
    """Yield the resources of all tasks in a definition, with their paths."""
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        if key == "Resource" and isinstance(child, str):
            yield f"{path}/{key}", child
        else:
            yield from _resources(child, f"{path}/{key}")


def _operation(resource: str) -> str | None:
    """Return the operation of a resource, `CreateSchema` for `...:createSchema`; None if it isn't recognized."""
    action = resource.removeprefix(_RESOURCE).removesuffix(".waitForTaskToken")
    operation = _capitalized(action)
    return operation if operation != action and operation in service_model().operation_names else None


def _call(service: PersonalizeService, endpoint_url: str, operation: str, parameters: Any) -> Any:  # noqa: ANN401 - JSON
    model = service_model().operation_model(operation)
    given = _to_api(parameters or {}, model.input_shape)
    session = start_session(EXECUTION_ROLE.get(), uuid4().hex, _SESSION_SECONDS)
    caller = callers.requester(session["AWS_ACCESS_KEY_ID"], endpoint_url)
    response = service.handle(operation, json.dumps(given).encode(), caller)
    if response.status != _OK:
        _fail_by_response(response)
    return _from_api(json.loads(response.body or b"{}"), model.output_shape)


def _fail_by_response(response: Response) -> NoReturn:
    if response.drops_connection:
        _fail(f"{_PREFIX}.SdkClientException", "Unable to execute HTTP request: The target server failed to respond")
    error = json.loads(response.body)
    code, is_modeled = error["__type"], error["__type"] in {shape.name for shape in service_model().error_shapes}
    details = f"(Service: {_PREFIX}, Status Code: {response.status}, Request ID: {uuid4()})"
    _fail(f"{_PREFIX}.{code if is_modeled else f'{_PREFIX}Exception'}", f"{error['message']} {details}")


def _fail(error: str, cause: str) -> NoReturn:
    raise stepfunctions._ExecutionError(error, cause)  # noqa: SLF001


def _to_api(value: Any, shape: Shape | None) -> Any:  # noqa: ANN401 - JSON
    """Return parameters by the API's names; fail for a name that Step Functions doesn't support."""

    def members(structure: Mapping[str, Any], shape: StructureShape) -> dict[str, Any]:
        names = {_capitalized(name): name for name in shape.members}
        if unknown := sorted(structure.keys() - names.keys()):
            text = f'The Parameters could not be used to start the Task: [The field "{unknown[0]}" is not supported by'
            _fail("States.Runtime", f"{text} Step Functions]; supported are {', '.join(sorted(names))}")
        return {names[key]: _to_api(member, shape.members[names[key]]) for key, member in structure.items()}

    return _converted(value, shape, members, _to_api)


def _from_api(value: Any, shape: Shape | None) -> Any:  # noqa: ANN401 - JSON
    """Return a result by the names of Step Functions."""

    def members(structure: Mapping[str, Any], shape: StructureShape) -> dict[str, Any]:
        return {_capitalized(key): _from_api(member, shape.members[key]) for key, member in structure.items()}

    if shape is not None and shape.type_name == "timestamp":
        return datetime.fromtimestamp(value, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return _converted(value, shape, members, _from_api)


def _converted(
    value: Any,  # noqa: ANN401 - JSON
    shape: Shape | None,
    members: Callable[[Mapping[str, Any], StructureShape], dict[str, Any]],
    item: Callable[[Any, Shape | None], Any],
) -> Any:  # noqa: ANN401 - JSON
    """Convert the structures in a value by `members`; keys of maps are data, and stay."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        return members(value, shape)
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [item(element, shape.member) for element in value]
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {key: item(element, shape.value) for key, element in value.items()}
    return value


def _capitalized(name: str) -> str:
    return name[:1].upper() + name[1:]
