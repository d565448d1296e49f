"""Lambda's execution environment, of which ministack's processes lack files and the SDK.

https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html
https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
"""

import inspect
import os
from typing import Any, Final

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from personalize_local.javascript_sdk.installation import INSTALL_COMMAND

UNSUPPORTED: Final = "Runtime.Unsupported"
"""The error type of functions that can't run here; not one of Lambda's."""

# https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html
_CERTIFICATE_FILES: Final = (
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/var/runtime/ca-cert.pem",
)
_MISSING_PACKAGE: Final = '"MiniStack local executor has no stub for \'" + id'
_MISSING_PACKAGE_ADVICE: Final = "bundle the module with your function or use LAMBDA_EXECUTOR=docker."


def provide_layers_and_sdk() -> None:
    """Make Python functions run the commands of their layers, and report a missing SDK with the fix.

    `apply_environment` links the packages of the SDK into a folder above the functions.
    """
    start = f"{inspect.getsource(run_commands_of_layers)}{run_commands_of_layers.__name__}()\n"
    lambda_runtime._PYTHON_WORKER_SCRIPT = start + lambda_runtime._PYTHON_WORKER_SCRIPT  # noqa: SLF001
    advice = f"to install the AWS SDK for JavaScript run {INSTALL_COMMAND}; or bundle the package with the function"
    lambda_runtime._NODEJS_WORKER_SCRIPT = (  # noqa: SLF001
        lambda_runtime._NODEJS_WORKER_SCRIPT.replace(_MISSING_PACKAGE, '"The local AWS has no \'" + id').replace(  # noqa: SLF001
            _MISSING_PACKAGE_ADVICE, advice
        )
    )


def replace_certificate_files() -> None:
    """Replace the paths of Amazon Linux's certificate authorities in the variables of functions.

    The CDK's BucketDeployment sets AWS_CA_BUNDLE to such a path.
    """
    initialize = lambda_runtime.Worker.__init__

    def initialize_with_files(worker: Any, name: str, config: dict[str, Any], code: bytes) -> None:  # noqa: ANN401
        variables = config.get("Environment", {}).get("Variables", {})
        files = {key: os.environ["SSL_CERT_FILE"] for key, value in variables.items() if value in _CERTIFICATE_FILES}
        initialize(worker, name, {**config, "Environment": {"Variables": {**variables, **files}}}, code)

    lambda_runtime.Worker.__init__ = initialize_with_files


def refuse_other_runtimes() -> None:
    """Fail invocations of functions that need Docker, for which ministack returns an invented success."""

    def execute_function_docker(function: dict[str, Any], _event: object, _request_id: str) -> dict[str, Any]:
        config = function.get("config") or function
        kind = config.get("Runtime") or "a container image"
        message = f"the local AWS runs functions in Python and Node; {config['FunctionName']} uses {kind}"
        return {"body": {"errorMessage": message, "errorType": UNSUPPORTED}, "error": True}

    lambda_svc._execute_function_docker = execute_function_docker  # noqa: SLF001


def run_commands_of_layers() -> None:
    """Run commands in /opt from the function's layers; the processes of functions run this function's source."""
    import os
    import subprocess
    import sys
    from typing import Any

    start = subprocess.Popen.__init__

    def start_from_layer(self: Any, args: Any, *more: Any, **options: Any) -> None:  # noqa: ANN401
        layers = os.environ.get("_LAMBDA_LAYERS_DIRS", "").split(os.pathsep)
        command, *arguments = args if isinstance(args, (list, tuple)) else [args]
        for layer in filter(None, layers):
            path = os.path.join(layer, str(command).removeprefix("/opt/"))  # noqa: PTH118
            if str(command).startswith("/opt/") and os.path.isfile(path):  # noqa: PTH113
                with open(path, "rb") as file:  # noqa: PTH123
                    first_line = file.readline()
                # Scripts name Lambda's interpreter, and extracted files aren't executable.
                interpreter = [sys.executable] if first_line.startswith(b"#!") and b"python" in first_line else []
                os.chmod(path, 0o700)  # noqa: PTH101
                args = [*interpreter, path, *arguments]
                break
        start(self, args, *more, **options)

    subprocess.Popen.__init__ = start_from_layer  # type: ignore[method-assign]
