"""How Lambda keeps what a function runs in, where ministack ends it."""

import threading
import time
from typing import Any

from ministack.core import lambda_runtime


def keep_environments_after_errors() -> None:
    """Let what has raised serve the next invocation too, as Lambda does; ministack would start it anew.

    A process that died, or ran out of time, is ended as before.
    https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
    """
    invoke = lambda_runtime.Worker.invoke
    signal, collect = lambda_runtime._signal, lambda_runtime._collect  # noqa: SLF001
    here = threading.local()

    def signal_later(process: Any) -> None:  # noqa: ANN401 - ministack's own
        ended = getattr(here, "ended", None)
        if ended is None:
            signal(process)
        else:
            ended.append(process)

    def collect_later(process: Any, deadline: float) -> None:  # noqa: ANN401 - ministack's own
        if getattr(here, "ended", None) is None:
            collect(process, deadline)

    def invoke_and_keep(worker: Any, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - ministack's own
        here.ended = []
        try:
            response = invoke(worker, *arguments, **options)
        finally:
            ended, here.ended = here.ended, None
        for process in ended:
            if "trace" in response:  # the handler's own error
                worker._proc = process  # noqa: SLF001
            else:
                signal(process)
                collect(process, time.monotonic() + lambda_runtime._REAP_GRACE)  # noqa: SLF001
        return response

    lambda_runtime._signal, lambda_runtime._collect = signal_later, collect_later  # noqa: SLF001
    lambda_runtime.Worker.invoke = invoke_and_keep
