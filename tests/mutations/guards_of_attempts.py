"""Guards of finding and starting attempts."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_find: Final = partial(Patch, "job/attempts.py", "handler/job/test_adoption.py")
_attempt: Final = partial(Patch, "job/attempts.py", "handler/job/test_attempts.py")
_number: Final = partial(Patch, "request/job_names.py", "handler/job/test_attempts.py")
_reported: Final = partial(Patch, "job/import_job.py", "handler/job/test_attempts.py")
_operation: Final = partial(Patch, "job/attempts.py", "faults/test_cloudformation_operations.py")
_wait_chain: Final = partial(Patch, "job/attempts.py", "faults/test_wait_chain.py")
_update: Final = partial(Patch, "job/attempts.py", "handler/job/test_lifecycle_update.py")
_named: Final = partial(Patch, "job/attempts.py", "handler/request/test_physical_ids.py")
_data: Final = partial(Patch, "job/attempts.py", "handler/job/test_data_changes.py")
_handed: Final = partial(Patch, "job/attempts.py", "handler/job/test_wait_chain.py")
_busy: Final = partial(Patch, "job/busy_dataset.py", "faults/test_cloudformation_operations.py")
_ARNS: Final = "(self.attempt(arn) or 0 for arn in dataset_import_job_arns)"
_LISTED: Final = "    if arn not in [job.dataset_import_job_arn for job in jobs]:\n"
_KEPT: Final = "attempt = _started(started[0], jobs) if started else _started_for_other_data(requested, jobs)"
_WAIT: Final = "        raise_if_dataset_busy(jobs)\n"

GUARDS: Final = (
    # In `import_job.find_job` and `JobNames.next_number`
    _number(
        "the attempt after a used one has the next number",
        f"1 + max({_ARNS}, default=0)",
        f"max({_ARNS}, default=1)",
    ),
    _number(
        "the number of an attempt is counted from the latest one",
        f"1 + max({_ARNS}",
        f"1 + min({_ARNS}",
    ),
    _reported(
        "a call that is refused during the search is reported with its job",
        "or attempts.next_attempt(names, number)\n    except RefusedError as refused:",
        "or attempts.next_attempt(names, number)\n    except ImportFailedError as refused:",
    ),
    _reported(
        "a call that is refused during the search is reported with the number of the attempt",
        "(refused, number, progress)\n    return _proceed_with(requested, found, progress, tags_due=True)",
        "(refused, 1, progress)\n    return _proceed_with(requested, found, progress, tags_due=True)",
    ),
    # In `attempts.find`
    _attempt(
        "a job that holds its data is adopted although a later attempt has failed",
        "names) if not has_failed(job.status)), None)",
        "names)), None)",
    ),
    _find(
        "a job whose data the dataset does not hold is not adopted",
        "job = describe_if_current(personalize, requested.properties, known.dataset_import_job_arn) if known else None",
        "job = personalize.describe_dataset_import_job(known.dataset_import_job_arn) if known else None",
    ),
    _find(
        "data that a later import has replaced is imported again",
        "if job is None or is_replaced(job, jobs_of_dataset, previous):",
        "if job is None:",
    ),
    _operation(
        "rows that the undone update appended are removed",
        "is_replaced(job, jobs_of_dataset, previous)",
        "is_replaced(job, jobs_of_dataset)",
    ),
    _operation(
        "a rollback knows what it undoes",
        "previous = names_of(requested.previous, requested.resource) if requested.previous else None",
        "previous = None",
    ),
    # In `attempts.current`
    Patch(
        "request/job_names.py",
        "handler/request/test_physical_ids.py",
        "an update finds its job although JobName has changed",
        "self.digest and dataset_import_job_arn.startswith(self.arn_prefix)",
        "self.digest and self.shares_prefix(dataset_import_job_arn)",
    ),
    _attempt(
        "an update finds its job by name without reading tags",
        _KEPT,
        _KEPT.replace("_started(started[0], jobs) if started else ", ""),
    ),
    _data(
        "an update finds its job although the fingerprint of its data is not known any more",
        _KEPT,
        _KEPT.replace("_started_for_other_data(requested, jobs)", "None"),
    ),
    _find(
        "an update imports again where the dataset does not hold the data of its job",
        "return attempt if job and not is_replaced(job, own) else None",
        "return attempt",
    ),
    _find(
        "an update imports again where a later import of its resource was never undone",
        "return attempt if job and not is_replaced(job, own) else None",
        "return attempt if job else None",
    ),
    _update(
        "an update keeps its job where somebody else's import has replaced the data",
        "return attempt if job and not is_replaced(job, own) else None",
        "return attempt if job and not is_replaced(job, jobs) else None",
    ),
    Patch(
        "job/import_job.py",
        "handler/job/test_lifecycle_update.py",
        "a call that is refused while an update searches for its job is reported with its job",
        "found = attempts.current(requested)\n    except RefusedError as refused:",
        "found = attempts.current(requested)\n    except ImportFailedError as refused:",
    ),
    # In `attempts.latest`
    _wait_chain(
        "a resource of a wait chain continues with the latest attempt",
        "for job in _jobs_of_import(jobs, requested.names):",
        "for job in reversed(_jobs_of_import(jobs, requested.names)):",
    ),
    _handed(
        "an attempt that was never made is made, although an earlier one was",
        "        if attempt.number < number:\n            break\n",
        "",
    ),
    _handed(
        "an attempt that was never made keeps its number",
        "return next_attempt(requested.names, number)",
        "return next_attempt(requested.names, 1)",
    ),
    Patch(
        "job/import_job.py",
        "handler/job/test_wait_chain.py",
        "a resource of a wait chain reports that it can't list jobs",
        "found = attempts.latest(requested, number)\n    except RefusedError as refused:",
        "found = attempts.latest(requested, number)\n    except ImportFailedError as refused:",
    ),
    # In `attempts.start`
    _attempt(
        "its own job is looked for before the dataset is waited for",
        _LISTED + _WAIT,
        _WAIT[4:] + _LISTED,
    ),
    _attempt("a job that is there already is not created again", _LISTED, "    if arn:\n"),
    _operation("a job waits for the others of its dataset: the slower one's data would stay", _WAIT, ""),
    _find("a name that is taken is used up", "with suppress(NameTakenError):", "with suppress(UnicodeError):"),
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
        "else next_attempt(names, number + 1)",
        "else next_attempt(names, number)",
    ),
    Patch(
        "job/import_job.py",
        "handler/job/test_lifecycle_create.py",
        "a start that is refused is reported with its job",
        "found = attempts.start(requested, attempt)\n    except RefusedError as refused:",
        "found = attempts.start(requested, attempt)\n    except ImportFailedError as refused:",
    ),
    # In `attempts._jobs_of_import`
    _named(
        "the latest of all attempts is the one that counts",
        "key=lambda job: attempt_of(job.dataset_import_job_arn), reverse=True)",
        "key=lambda job: attempt_of(job.dataset_import_job_arn))",
    ),
    # In `busy_dataset`
    _busy("only running jobs of the dataset are waited for", "if is_running(job.status):", "if job.status:"),
    _busy(
        "a job that waits for the dataset is tried again",
        'return DatasetBusyError("CreateDatasetImportJob", "ResourceInUseException", message, job.creation_date_time)',
        'return BusyError.__base__("CreateDatasetImportJob", "ResourceInUseException", message)',
    ),
)
