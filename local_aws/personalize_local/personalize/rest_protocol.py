"""REST with JSON, the protocol of personalize-events and personalize-runtime: operations have paths, errors a status.

Both services sign as `personalize`. https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
"""

import json
from dataclasses import replace
from functools import cache

from personalize_local.personalize.json_protocol import Response
from personalize_local.personalize.service_model import EVENTS, RUNTIME, operation_model, operations_of

_FAILED = 300


def rest_operation(method: str, path: str) -> str | None:
    """Return the operation with a method and a path; None if there is none."""
    return _operations().get((method, path))


def rest_response(operation: str, response: Response) -> Response:
    """Return a response of the JSON protocol as one of this protocol."""
    headers = {**response.headers, "content-type": "application/json"}
    if response.status < _FAILED:
        return replace(response, headers=headers)
    code = json.loads(response.body)["__type"]
    statuses = {
        error.name: error.metadata["error"]["httpStatusCode"] for error in operation_model(operation).error_shapes
    }
    status = statuses.get(code, response.status)
    return replace(response, status=status, headers={**headers, "x-amzn-errortype": code})


@cache
def _operations() -> dict[tuple[str, str], str]:
    names = [*operations_of(EVENTS), *operations_of(RUNTIME)]
    return {(http["method"], http["requestUri"]): name for name in names for http in [operation_model(name).http]}
