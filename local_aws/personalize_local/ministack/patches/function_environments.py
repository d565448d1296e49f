"""Execution environments of functions after an error, which Lambda keeps and ministack terminates."""

import threading
import time
from typing import Any

from ministack.core import lambda_runtime


def keep_environments_after_errors() -> None:
    """Reuse the process of a function that raised an error for its next invocation, as Lambda does.

    A process that exited or timed out is still terminated.
    https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
    """
    invoke = lambda_runtime.Worker.invoke
    signal, collect = lambda_runtime._signal, lambda_runtime._collect  # noqa: SLF001
    invocation = threading.local()

    def signal_later(process: Any) -> None:  # noqa: ANN401 - ministack's own
        to_end = getattr(invocation, "to_end", None)
        if to_end is None:
            signal(process)
        else:
            to_end.append(process)

    def collect_later(process: Any, deadline: float) -> None:  # noqa: ANN401 - ministack's own
        if getattr(invocation, "to_end", None) is None:
            collect(process, deadline)

    def invoke_and_keep(worker: Any, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - ministack's own
        invocation.to_end = []
        try:
            response = invoke(worker, *arguments, **options)
        finally:
            to_end, invocation.to_end = invocation.to_end, None
        for process in to_end:
            if "trace" in response:  # the handler raised an error
                worker._proc = process  # noqa: SLF001
            else:
                signal(process)
                collect(process, time.monotonic() + lambda_runtime._REAP_GRACE)  # noqa: SLF001
        return response

    lambda_runtime._signal, lambda_runtime._collect = signal_later, collect_later  # noqa: SLF001
    lambda_runtime.Worker.invoke = invoke_and_keep
