"""Exceptions for calls that AWS refuses and for requests that fail."""

from personalize_import_handler.contract import STATUS_NOT_STARTED


class RefusedError(Exception):
    """The service refused a call permanently; `message` is its own text."""

    def __init__(self, operation: str, code: str, message: str) -> None:
        super().__init__(f"{message} ({code} from {operation})")
        self.operation = operation
        self.code = code
        self.message = message


class BusyError(RefusedError):
    """The service refused a call temporarily: a limit, a lock, throttling or a fault of the service."""


class DatasetBusyError(BusyError):
    """Another job imports into the dataset; it was created at this time, in epoch seconds of the service's clock."""

    def __init__(self, operation: str, code: str, message: str, job_created_at: float) -> None:
        super().__init__(operation, code, message)
        self.job_created_at = job_created_at


class NameTakenError(RefusedError):
    """A job or an execution with that name exists already."""


class NotFoundError(RefusedError):
    """The job, dataset, bucket or object doesn't exist."""


class DataRefusedError(Exception):
    """The data breaks rules that would fail the job; the message names rule and place, but contains no data."""


class ImportFailedError(Exception):
    """The request failed; the message is for the stack event, the status for a state change event."""

    def __init__(
        self, reason: str, dataset_import_job_arn: str | None = None, status: str = STATUS_NOT_STARTED
    ) -> None:
        super().__init__(reason)
        self.dataset_import_job_arn = dataset_import_job_arn
        self.status = status
