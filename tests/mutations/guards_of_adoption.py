"""Guards of adopting and starting jobs."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_find: Final = partial(Patch, "job/adoption.py", "handler/job/test_adoption.py")
_attempt: Final = partial(Patch, "job/adoption.py", "handler/job/test_attempts.py")
_create: Final = partial(Patch, "job/adoption.py", "handler/job/test_lifecycle_create.py")
_operation: Final = partial(Patch, "job/adoption.py", "faults/test_cloudformation_operations.py")
_wait_chain: Final = partial(Patch, "job/adoption.py", "faults/test_wait_chain.py")
_update: Final = partial(Patch, "job/adoption.py", "handler/job/test_lifecycle_update.py")
_named: Final = partial(Patch, "job/adoption.py", "handler/request/test_physical_ids.py")
_data: Final = partial(Patch, "job/adoption.py", "handler/job/test_data_changes.py")
_LISTED: Final = "        if arn not in [job.dataset_import_job_arn for job in jobs_of_dataset]:\n"
_MADE: Final = "attempts = started or _attempts_for_other_data(personalize, jobs, properties, resource)"
_WAIT: Final = "            _raise_if_dataset_busy(jobs_of_dataset)\n"
_handed: Final = partial(Patch, "job/adoption.py", "handler/job/test_wait_chain.py")

GUARDS: Final = (
    # In `adoption.find`
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
        "job = _describe_if_current(personalize, properties, known) if known else None",
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
    # In `adoption.current`
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
    # In `adoption.latest`
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
    # In `adoption.start`
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
    _operation("only running jobs of the dataset are waited for", "if is_running(job.status):", "if job.status:"),
    _operation(
        "a job that waits for the dataset is tried again",
        'raise BusyError("CreateDatasetImportJob", "ResourceInUseException", message)',
        'raise RefusedError("CreateDatasetImportJob", "ResourceInUseException", message)',
    ),
    # In `adoption.is_same_import`
    _find("the same import has the same dataset", "job.dataset_arn == properties.dataset_arn\n        and ", ""),
    _find("the same import has the same location", "and is_same_location(job.data_location, properties)\n", ""),
    _find("the same import has the same role", "and is_equivalent_role(job.role_arn, properties.role_arn)\n", ""),
    _attempt(
        "the construct's own role is the same one in another stack",
        "and is_equivalent_role(job.role_arn, properties.role_arn)\n",
        "and job.role_arn == properties.role_arn\n",
    ),
    _find("the same import has the same mode", "and job.import_mode == properties.import_mode\n", ""),
    _find(
        "the same import publishes the same metrics",
        "        and job.publish_attribution_metrics_to_s3 == properties.publish_attribution_metrics_to_s3\n",
        "",
    ),
    # In `adoption._attempts, ._attempts_for_other_data, ._holding`
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
    _data(
        "a Delete releases the latest job even if its rows were replaced",
        " and not is_latest)",
        ")",
    ),
    _find(
        "a job that is gone holds no data",
        "if job is None or has_failed(job.status) or not is_same_import(job, properties):",
        "if job is not None and (has_failed(job.status) or not is_same_import(job, properties)):",
    ),
    _find(
        "a job that has failed has imported nothing",
        "if job is None or has_failed(job.status) or not is_same_import(job, properties):",
        "if job is None or not is_same_import(job, properties):",
    ),
    _find(
        "a job that has the name by chance is not adopted",
        "if job is None or has_failed(job.status) or not is_same_import(job, properties):",
        "if job is None or has_failed(job.status):",
    ),
    _find(
        "a job of an earlier dataset of the same ARN is not adopted",
        "return None if is_from_earlier_dataset(job, personalize) else job",
        "return job",
    ),
    # In `adoption.is_from_earlier_dataset`
    _attempt(
        "a job whose dataset is gone is not joined",
        "return created_at is None or job",
        "return created_at is not None and job",
    ),
    _find(
        "a job older than its dataset is not joined",
        "created_at is None or job.creation_date_time < created_at",
        "created_at is None",
    ),
    # In `adoption.is_replaced`
    _operation(
        "rows that were appended replace nothing",
        "later.import_mode is ImportMode.FULL\n",
        "later.import_mode is not None\n",
    ),
    _attempt(
        "an incremental import is not made again for rows that were appended after it",
        "or (full and previous",
        "or (previous",
    ),
    _operation(
        "rows that another resource appended are not taken away",
        "previous is not None and previous.includes(later.dataset_import_job_arn)",
        "previous is not None",
    ),
    _attempt("where nothing is undone, nothing is taken away", "and previous is not None and", "and"),
    _attempt(
        "an earlier import has replaced nothing",
        "and later.creation_date_time > job.creation_date_time\n        ",
        "",
    ),
    _attempt(
        "no job replaces its own data",
        "and later.dataset_import_job_arn != job.dataset_import_job_arn\n        ",
        "",
    ),
    _operation("a later import that has failed has replaced nothing", "        and not has_failed(later.status)\n", ""),
)
