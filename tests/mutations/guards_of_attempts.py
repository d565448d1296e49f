"""Guards of finding and starting attempts."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_find: Final = partial(Patch, "job/attempts.py", "handler/job/test_adoption.py")
_attempt: Final = partial(Patch, "job/attempts.py", "handler/job/test_attempts.py")
_create: Final = partial(Patch, "job/attempts.py", "handler/job/test_lifecycle_create.py")
_operation: Final = partial(Patch, "job/attempts.py", "faults/test_cloudformation_operations.py")
_wait_chain: Final = partial(Patch, "job/attempts.py", "faults/test_wait_chain.py")
_update: Final = partial(Patch, "job/attempts.py", "handler/job/test_lifecycle_update.py")
_named: Final = partial(Patch, "job/attempts.py", "handler/request/test_physical_ids.py")
_data: Final = partial(Patch, "job/attempts.py", "handler/job/test_data_changes.py")
_handed: Final = partial(Patch, "job/attempts.py", "handler/job/test_wait_chain.py")
_busy: Final = partial(Patch, "job/busy_dataset.py", "faults/test_cloudformation_operations.py")
_LISTED: Final = "        if arn not in [job.dataset_import_job_arn for job in jobs_of_dataset]:\n"
_MADE: Final = "attempts = started or _attempts_for_other_data(personalize, jobs, properties, resource)"
_WAIT: Final = "            raise_if_dataset_busy(jobs_of_dataset)\n"

GUARDS: Final = (
    # In `attempts.find`
    _find(
        "the attempt after a used one has the next number",
        "number = attempts[0].number + 1 if attempts else 1",
        "number = attempts[0].number if made else 1",
    ),
    _attempt(
        "the number of an attempt is counted from the latest one",
        "number = attempts[0].number + 1 if attempts else 1",
        "number = made[-1].number + 1 if attempts else 1",
    ),
    _attempt(
        "a job that holds its data is adopted although a later attempt has failed",
        "if attempt.dataset_import_job_arn not in failed), None)",
        "), None)",
    ),
    _find(
        "a job whose data the dataset does not hold is not adopted",
        "job = describe_if_current(personalize, properties, known.dataset_import_job_arn) if known else None",
        "job = personalize.describe_dataset_import_job(known.dataset_import_job_arn) if known else None",
    ),
    _find(
        "data that a later import has replaced is imported again",
        "            and not is_replaced(job, jobs, previous)\n",
        "",
    ),
    _operation(
        "rows that the undone update appended are removed",
        "not is_replaced(job, jobs, previous)",
        "not is_replaced(job, jobs)",
    ),
    _attempt(
        "a call that is refused during the search is reported with its job",
        "            return known\n    except RefusedError as refused:",
        "            return known\n    except BusyError as refused:",
    ),
    _attempt(
        "a call that is refused during the search is reported with the number of the attempt",
        "raise AttemptError(number, refused) from refused\n    return next_attempt(names, number)\n\n\ndef current",
        "raise AttemptError(1, refused) from refused\n    return next_attempt(names, number)\n\n\ndef current",
    ),
    # In `attempts.current`
    _named(
        "an update finds its job although JobName has changed",
        _MADE,
        _MADE.replace("started or ", ""),
    ),
    _data(
        "an update finds its job although the fingerprint of its data is not known any more",
        _MADE,
        "attempts = started",
    ),
    _find(
        "an update imports again where the dataset does not hold the data of its job",
        "return attempts[0] if job and not is_replaced(job, own) else None",
        "return attempts[0] if made else None",
    ),
    _find(
        "an update imports again where a later import of its resource was never undone",
        "return attempts[0] if job and not is_replaced(job, own) else None",
        "return attempts[0] if job else None",
    ),
    _update(
        "an update keeps its job where somebody else's import has replaced the data",
        "return attempts[0] if job and not is_replaced(job, own) else None",
        "return attempts[0] if job and not is_replaced(job, jobs) else None",
    ),
    _update(
        "a call that is refused while an update searches for its job is reported with its job",
        "    except RefusedError as refused:\n        raise AttemptError(1,",
        "    except NameTakenError as refused:\n        raise AttemptError(1,",
    ),
    # In `attempts.latest`
    _wait_chain(
        "a resource of a wait chain continues with the latest attempt",
        "for attempt in _attempts(jobs, names, properties):",
        "for attempt in reversed(_attempts(jobs, names, properties)):",
    ),
    _handed(
        "an attempt that was never made is made, although an earlier one was",
        "return attempt if attempt.number >= number else next_attempt(names, number)",
        "return attempt",
    ),
    _handed(
        "an attempt that was never made keeps its number",
        "attempt.number >= number else next_attempt(names, number)",
        "attempt.number >= number else next_attempt(names, 1)",
    ),
    _handed(
        "a resource of a wait chain reports that it can't list jobs",
        "else next_attempt(names, number)\n    except RefusedError as refused:",
        "else next_attempt(names, number)\n    except NameTakenError as refused:",
    ),
    # In `attempts.start`
    _attempt(
        "its own job is looked for before the dataset is waited for",
        _LISTED + _WAIT,
        _WAIT[4:] + _LISTED,
    ),
    _attempt("a job that is there already is not created again", _LISTED, "        if arn:\n"),
    _operation("a job waits for the others of its dataset: the slower one's data would stay", _WAIT, ""),
    _find("a name that is taken is used up", "with suppress(NameTakenError):", "with suppress(BusyError):"),
    _find(
        "a name that is taken without a job is used up",
        "return started if job and is_same_import(job, properties) else",
        "return started if job is None or is_same_import(job, properties) else",
    ),
    _attempt(
        "a name that another import's job took meanwhile is used up",
        "return started if job and is_same_import(job, properties) else",
        "return started if job else",
    ),
    _find(
        "a name that is used up is followed by the next",
        "else next_attempt(names, number + 1)\n\n\ndef _attempts",
        "else next_attempt(names, number)\n\n\ndef _attempts",
    ),
    _create(
        "a start that is refused is reported with its job",
        "job = personalize.describe_dataset_import_job(arn)\n    except RefusedError",
        "job = personalize.describe_dataset_import_job(arn)\n    except BusyError",
    ),
    # In `attempts._attempts, ._attempts_for_other_data`
    _find(
        "the latest of all attempts is the one that counts",
        "return sorted(attempts, reverse=True)",
        "return sorted(made)",
    ),
    _data(
        "a job that has failed is not the one that a resource has",
        "names.shares_prefix(job.dataset_import_job_arn) and not has_failed(job.status)",
        "names.shares_prefix(job.dataset_import_job_arn)",
    ),
    _data(
        "of all jobs of a resource the latest is the one that it has",
        "reverse=True):\n        fingerprint",
        "reverse=False):\n        fingerprint",
    ),
    # In `busy_dataset`
    _busy("only running jobs of the dataset are waited for", "if is_running(job.status):", "if job.status:"),
    _busy(
        "a job that waits for the dataset is tried again",
        'return DatasetBusyError("CreateDatasetImportJob", "ResourceInUseException", message, job.creation_date_time)',
        'return RefusedError("CreateDatasetImportJob", "ResourceInUseException", message)',
    ),
)
