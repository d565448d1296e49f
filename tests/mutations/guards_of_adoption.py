"""Which job is joined, and which is started."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_find: Final = partial(Patch, "adoption.py", "handler/test_adoption.py")
_attempt: Final = partial(Patch, "adoption.py", "handler/test_attempts.py")
_create: Final = partial(Patch, "adoption.py", "handler/test_lifecycle_create.py")
_turn: Final = partial(Patch, "adoption.py", "faults/test_cloudformation_turns.py")
_relay: Final = partial(Patch, "adoption.py", "faults/test_relay.py")
_LOOP: Final = "for number in range(_FIRST, ATTEMPTS_MAX + 1):"
_LISTED: Final = "        if arn not in [job.dataset_import_job_arn for job in jobs_of_dataset]:\n"
_WAIT: Final = "            _wait_for_the_dataset(jobs_of_dataset)\n"
_handed: Final = partial(Patch, "adoption.py", "handler/test_handing_over.py")

GUARDS: Final = (
    # In `adoption.find`
    _attempt("the last of the names is tried too", _LOOP, "for number in range(_FIRST, ATTEMPTS_MAX):"),
    _find(
        "after the last name there is no attempt left",
        "return Attempt(ATTEMPTS_MAX + 1, is_made=False)",
        "return Attempt(ATTEMPTS_MAX, is_made=False)",
    ),
    _find(
        "a job of somebody else that has the name is not joined",
        "(is_same_import(job, properties) and not _is_gone(job, personalize, undone))",
        "not _is_gone(job, personalize, undone)",
    ),
    _find(
        "a job whose data is not in the dataset is not joined",
        "(is_same_import(job, properties) and not _is_gone(job, personalize, undone))",
        "is_same_import(job, properties)",
    ),
    _attempt(
        "a refused look is told with the job that was looked for",
        "        except Refused as refused:\n            raise Hindered(number",
        "        except Busy as refused:\n            raise Hindered(number",
    ),
    _attempt(
        "a refused look is told with the number of the attempt",
        "        except Refused as refused:\n            raise Hindered(number",
        "        except Refused as refused:\n            raise Hindered(_FIRST",
    ),
    # In `adoption.latest`
    _relay(
        "a resource goes on with the latest attempt, not with the one it was told",
        "made = number - 1 + sum(1 for _ in attempts_at(personalize, names, number))",
        "made = number - 1 + len([*attempts_at(personalize, names, number)][:1])",
    ),
    _relay("a job that was never started is not looked at but started", "is_made=made >= number)", "is_made=True)"),
    _relay("a job that was never started keeps its number", "Attempt(max(made, number)", "Attempt(max(made, 1) + 1"),
    _handed(
        "a resource that may not look at the job it was told says so",
        "names, number))\n    except Refused as refused:",
        "names, number))\n    except NameTaken as refused:",
    ),
    # In `adoption.attempts_at`
    _attempt(
        "the last of all attempts is found",
        "for attempt in range(number, ATTEMPTS_MAX + 1):",
        "for attempt in range(number, ATTEMPTS_MAX):",
    ),
    _attempt(
        "no name is asked for after the first free one",
        "            return\n        yield job",
        "            continue\n        yield job",
    ),
    # In `adoption.start`
    _attempt(
        "its own job is looked for before the dataset is waited for",
        _LISTED + _WAIT,
        _WAIT[4:] + _LISTED,
    ),
    _attempt("a job that is there already is not created again", _LISTED, "        if arn:\n"),
    _turn("a job waits for the others of its dataset: the slower one's data would stay", _WAIT, ""),
    _find("a name that is taken is used up", "with suppress(NameTaken):", "with suppress(Busy):"),
    _find(
        "a name that is taken without a job is used up",
        "return job is not None and is_same_import(job, properties)",
        "return job is None or is_same_import(job, properties)",
    ),
    _attempt(
        "a name that another import's job took meanwhile is used up",
        "return job is not None and is_same_import(job, properties)",
        "return job is not None",
    ),
    _create(
        "a start that is refused is told with its job",
        "job = personalize.describe_dataset_import_job(arn)\n    except Refused",
        "job = personalize.describe_dataset_import_job(arn)\n    except Busy",
    ),
    _turn("only running jobs of the dataset are waited for", "if is_running(job.status):", "if job.status:"),
    _turn(
        "a job that waits for the dataset is tried again",
        'raise Busy("CreateDatasetImportJob", "ResourceInUseException", message)',
        'raise Refused("CreateDatasetImportJob", "ResourceInUseException", message)',
    ),
    # In `adoption.is_same_import`
    _find("the same import has the same dataset", "job.dataset_arn == properties.dataset_arn\n        and ", ""),
    _find("the same import has the same location", "and job.data_location == properties.data_location\n", ""),
    _find("the same import has the same role", "and reader_of(job.role_arn) == reader_of(properties.role_arn)\n", ""),
    _attempt(
        "the construct's own role is the same one in another stack",
        "and reader_of(job.role_arn) == reader_of(properties.role_arn)\n",
        "and job.role_arn == properties.role_arn\n",
    ),
    _find("the same import has the same mode", "and job.import_mode == properties.import_mode\n", ""),
    _find(
        "the same import publishes the same metrics",
        "        and job.publish_attribution_metrics_to_s3 == properties.publish_attribution_metrics_to_s3\n",
        "",
    ),
    # In `adoption._is_gone`
    _find(
        "a job that has failed has imported nothing",
        "if has_failed(job.status) or is_of_an_earlier_dataset(job, personalize):",
        "if is_of_an_earlier_dataset(job, personalize):",
    ),
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
    _find(
        "data that was replaced since is imported again",
        "return is_superseded(job, personalize.list_dataset_import_jobs(job.dataset_arn), undone)",
        "return False",
    ),
    _turn(
        "rows that the undone update appended are taken away",
        "personalize.list_dataset_import_jobs(job.dataset_arn), undone)",
        "personalize.list_dataset_import_jobs(job.dataset_arn))",
    ),
    # In `adoption.is_superseded`
    _turn(
        "rows that were appended replace nothing",
        "later.import_mode is ImportMode.FULL\n",
        "later.import_mode is not None\n",
    ),
    _attempt(
        "an incremental import is not made again for rows that were appended after it",
        "or (full and undone",
        "or (undone",
    ),
    _turn(
        "rows that another resource appended are not taken away",
        "undone is not None and undone.include(later.dataset_import_job_arn)",
        "undone is not None",
    ),
    _attempt("where nothing is undone, nothing is taken away", "and undone is not None and", "and"),
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
    _turn("a later import that has failed has replaced nothing", "        and not has_failed(later.status)\n", ""),
)
