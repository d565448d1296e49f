"""A replacement for the function that polls refreshes: it returns scripted outcomes, and records its arguments."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from personalize_import_handler.aws.services import Services
from personalize_import_handler.contract import Attribute
from personalize_import_handler.refresh.result import Skipped
from personalize_import_handler.request.execution import Execution
from personalize_import_handler.request.outcome import Finished, Outcome, Progress, Waiting
from personalize_import_handler.request.refresh_request import RefreshRequest
from tests.handler.support.account import Killed
from tests.handler.support.fakes import job_arn

JOB_ARN = job_arn("shop-Import-0123456789ab-2")
FINISHED = Finished({**dict.fromkeys(Attribute, ""), "DatasetImportJobArn": JOB_ARN, "Status": "ACTIVE"})

Step = Outcome | Skipped | Exception | Killed | int
"""An outcome, an error, or the seconds to wait."""


@dataclass
class PollsOfTest:
    """Each poll takes the next step of the script; after the last one, the refresh has imported."""

    script: list[Step] = field(default_factory=list)
    requests: list[RefreshRequest] = field(default_factory=list)
    progress: list[Progress] = field(default_factory=list)
    executions: list[Sequence[Execution]] = field(default_factory=list)
    """The executions for the resource at each poll, if they are listed."""
    lists: bool = False

    def __call__(
        self,
        request: RefreshRequest,
        progress: Progress,
        services: Services,
        list_executions: Callable[[], Sequence[Execution]],
    ) -> Outcome | Skipped:
        self.requests.append(request)
        self.progress.append(progress)
        if self.lists:
            self.executions.append(list_executions())
        step = self.script.pop(0) if self.script else FINISHED
        if isinstance(step, (Exception, Killed)):
            raise step
        return Waiting(progress, step) if isinstance(step, int) else step
