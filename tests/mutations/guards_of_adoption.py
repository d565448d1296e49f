"""Guards of the conditions for adopting a job."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_find: Final = partial(Patch, "job/adoption.py", "handler/job/test_adoption.py")
_operation: Final = partial(Patch, "job/adoption.py", "faults/test_cloudformation_operations.py")

GUARDS: Final = (
    # In `adoption.describe_if_current`
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
    # In `adoption.is_same_import`
    _find("the same import has the same dataset", "job.dataset_arn == properties.dataset_arn\n        and ", ""),
    _find("the same import has the same location", "and is_same_location(job.data_location, properties)\n", ""),
    _find("the same import has the same role", "and is_equivalent_role(job.role_arn, properties.role_arn)\n", ""),
    _find(
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
    # In `adoption.is_from_earlier_dataset`
    _find(
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
    _find(
        "an incremental import is not made again for rows that were appended after it",
        "or (full and previous",
        "or (previous",
    ),
    _operation(
        "rows that another resource appended are not taken away",
        "previous is not None and previous.includes(later.dataset_import_job_arn)",
        "previous is not None",
    ),
    _find("where nothing is undone, nothing is taken away", "and previous is not None and", "and"),
    _find(
        "an earlier import has replaced nothing",
        "and later.creation_date_time > job.creation_date_time\n        ",
        "",
    ),
    _find(
        "no job replaces its own data",
        "and later.dataset_import_job_arn != job.dataset_import_job_arn\n        ",
        "",
    ),
    _operation("a later import that has failed has replaced nothing", "        and not has_failed(later.status)\n", ""),
)
