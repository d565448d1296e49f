"""Errors: what AWS refuses, and what fails a request."""

from personalize_import_handler.contract import STATUS_NOT_STARTED


class RefusedError(Exception):
    """The service refused a call for good; `message` is its own text."""

    def __init__(self, operation: str, code: str, message: str) -> None:
        super().__init__(f"{message} ({code} from {operation})")
        self.operation = operation
        self.code = code
        self.message = message


class BusyError(RefusedError):
    """Not now: a limit, a lock, a throttle or a fault of the service's own, all of which pass."""


class NameTakenError(RefusedError):
    """A job of that name exists already."""


class DataRefusedError(Exception):
    """The data breaks rules that the job would fail over; the message says which, and where, without the data."""


class ImportFailedError(Exception):
    """The request failed; the message is for the reader of the stack event, the status for a state change."""

    def __init__(
        self, reason: str, dataset_import_job_arn: str | None = None, status: str = STATUS_NOT_STARTED
    ) -> None:
        super().__init__(reason)
        self.dataset_import_job_arn = dataset_import_job_arn
        self.status = status
