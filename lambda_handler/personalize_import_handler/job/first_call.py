"""The wait of an import before its first call of Personalize, if many imports are ahead.

Imports that begin together, and wait chains that continue together, would exceed the limits of requests with their
first calls, and the imports that could start their jobs would be throttled, too.
"""

from personalize_import_handler.errors import BusyError, RefusedError
from personalize_import_handler.job.requested_import import RequestedImport
from personalize_import_handler.request import queueing
from personalize_import_handler.request.outcome import Progress, Waiting
from personalize_import_handler.request.queueing import Delay


def wait_for_first_call(requested: RequestedImport, progress: Progress) -> Waiting | None:
    """Wait once if the import is far behind, or until its place is known; None if it continues now.

    The service's time is unknown before the first call, so none is recorded. The wait ends before the timeout.
    """
    half = requested.properties.timeout_seconds // 2
    if progress.imports_ahead is not None or progress.age_seconds >= half:
        return None
    try:
        ahead = requested.standing().imports_ahead
    except BusyError:
        ahead, seconds = None, queueing.seconds_until_retry(Delay(progress.age_seconds))
    except RefusedError:
        return None  # starting the job lists the executions again, and reports the error
    else:
        if ahead is None or queueing.may_request(Delay(0, ahead)):
            return None
        seconds = queueing.seconds_until_first_call(ahead)
    waiting = progress._replace(imports_ahead=ahead)
    return Waiting(waiting, min(seconds, half), requested.properties.dataset_import_job_arn)
