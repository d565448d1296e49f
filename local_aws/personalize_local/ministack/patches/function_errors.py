"""The errors of functions, which ministack reports without the exception's class.

Lambda's runtimes report an unhandled exception as JSON with `errorType`, the name of its class, which Retry and Catch
of Step Functions match:
https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html
https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
The text of an exit without a reason, and of errors before the first invocation, are as seen in public logs.
"""

import json
from typing import Any, Final

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

# Both runtimes send their errors as one line with a member `error`, which ministack makes the errorMessage. These
# replacements make it the whole report.
_PYTHON_START: Final = "\ndef run():\n"
_PYTHON: Final = {
    '"error": str(e), "trace"': '"error": _ms_report(e), "trace"',
    '"error": str(e)}': '"error": _ms_report(e, module_name)}',
}
_PYTHON_REPORT: Final = """
def _ms_report(error, imported=None):
    kind, message = type(error).__name__, str(error)
    if imported is not None and isinstance(error, ImportError):
        kind, message = "Runtime.ImportModuleError", "Unable to import module %r: %s" % (imported, error)
    frames = traceback.format_list(traceback.extract_tb(error.__traceback__)[1:])
    return json.dumps({"errorMessage": message, "errorType": kind, "stackTrace": frames})

"""
_NODEJS: Final = {
    "error: String(err.message || err), trace": "error: _msReport(err), trace",
    "error: e.message, trace": "error: _msReport(e), trace",
    "error: e.message\n": "error: _msReport(e)\n",
}
_NODEJS_REPORT: Final = """
function _msReport(error) {
  if (!(error instanceof Error)) {
    return JSON.stringify({ errorType: typeof error, errorMessage: String(error), trace: [] });
  }
  const trace = (error.stack || "").split("\\n");
  return JSON.stringify({ errorType: error.name, errorMessage: error.message, trace });
}
"""
_EXITED: Final = {"errorType": "Runtime.ExitError", "errorMessage": "Runtime exited without providing a reason"}
_MINISTACKS_EXIT: Final = "Worker process died"


def report_classes_of_exceptions() -> None:
    """Report an exception of a function by its class, message and stack, as Lambda's runtimes do."""
    python, nodejs = lambda_runtime._PYTHON_WORKER_SCRIPT, lambda_runtime._NODEJS_WORKER_SCRIPT  # noqa: SLF001
    reporting = {_PYTHON_START: f"{_PYTHON_REPORT}{_PYTHON_START}", **_PYTHON}
    lambda_runtime._PYTHON_WORKER_SCRIPT = _replaced(python, reporting)  # noqa: SLF001
    lambda_runtime._NODEJS_WORKER_SCRIPT = _NODEJS_REPORT + _replaced(nodejs, _NODEJS)  # noqa: SLF001
    execute = lambda_svc._execute_function_warm  # noqa: SLF001

    def execute_function(func: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:  # noqa: ANN401 - JSON
        result: dict[str, Any] = execute(func, event, request_id)
        if result.get("error"):
            result["body"] = _reported(result["body"])
        return result

    lambda_svc._execute_function_warm = execute_function  # noqa: SLF001


def _replaced(script: str, replacements: dict[str, str]) -> str:
    for old, new in replacements.items():
        if old not in script:
            raise RuntimeError(f"ministack's runtime has no {old!r} any more")
        script = script.replace(old, new)
    return script


def _reported(body: dict[str, Any]) -> dict[str, Any]:
    """Return the report of the runtime, which is the end of ministack's message; or the body of another failure."""
    message = str(body.get("errorMessage", ""))
    if message == _MINISTACKS_EXIT:
        return dict(_EXITED)
    start = message.find('{"error')
    if start < 0:
        return body
    report: dict[str, Any] = json.loads(message[start:])
    return report
