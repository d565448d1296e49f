"""Guards of the conditions for adopting a job."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_find: Final = partial(Patch, "job/adoption.py", "handler/job/test_adoption.py")
_operation: Final = partial(Patch, "job/adoption.py", "faults/test_cloudformation_operations.py")
_data: Final = partial(Patch, "job/adoption.py", "handler/job/test_data_changes.py")
_decide: Final = partial(Patch, "job/adoption.py", "handler/refresh/test_decisions.py")
_refresh: Final = partial(Patch, "job/adoption.py", "faults/test_refreshes.py")
_release: Final = partial(Patch, "job/adoption.py", "handler/job/test_release.py")
_SORTED: Final = "sorted(own, key=lambda job: job.creation_date_time, reverse=True)"

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
        "return None if is_from_earlier_dataset(job, personalize.dataset_created_at(job.dataset_arn)) else job",
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
        "return dataset_created_at is None or job",
        "return dataset_created_at is not None and job",
    ),
    _find(
        "a job older than its dataset is not joined",
        "dataset_created_at is None or job.creation_date_time < dataset_created_at",
        "dataset_created_at is None",
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
    # In `adoption.imports_of_resource`
    _data(
        "a job that has failed is not the one that a resource has",
        "        and not has_failed(job.status)\n        and file_digest_in",
        "        and file_digest_in",
    ),
    _data("of all jobs of a resource the latest is the one that it has", _SORTED, "reversed(" + _SORTED + ")"),
    _decide("the latest import of a resource is first", _SORTED, _SORTED.replace(", reverse=True", "")),
    _refresh("the latest job of a removed import is marked", _SORTED, "own"),
    _decide(
        "the job of a file is not the job of an import",
        "        and file_digest_in(job.dataset_import_job_arn) is None\n",
        "",
    ),
    _refresh("the jobs of files are not released", "file_digest_in(job.dataset_import_job_arn) is None", "True"),
    _release(
        "a job of an import under another JobName is released",
        "if names.may_belong_to_resource(job.dataset_import_job_arn)",
        "if names.shares_prefix(job.dataset_import_job_arn)",
    ),
    _release(
        "earlier imports of a resource are released",
        "if names.may_belong_to_resource(job.dataset_import_job_arn)",
        "if names.includes(job.dataset_import_job_arn)",
    ),
)
