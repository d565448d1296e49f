"""CreateDatasetExportJob and CreateDataDeletionJob, the jobs besides imports that read or write data.

Both do their work before they respond, and then have the statuses of a job for a time: the real service works in the
meantime, and may take a day to delete users.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from personalize_import_handler.contract.locations import Location
from personalize_local.personalize import messages
from personalize_local.personalize.errors import invalid_input
from personalize_local.personalize.generic_kinds import GENERIC_KINDS
from personalize_local.personalize.importing.data_location import location_of, read_failure
from personalize_local.personalize.importing.records import Records
from personalize_local.personalize.interfaces import DataAccessDeniedError, DataNotFoundError, ImportRole, S3Object
from personalize_local.personalize.models import Dataset
from personalize_local.personalize.operations.call import Call, Operation
from personalize_local.personalize.operations.generic_resources import add_resource, require_parents
from personalize_local.personalize.operations.generic_rules import Members
from personalize_local.personalize.store import Resources, existing

_EXPORT: Final = GENERIC_KINDS["DatasetExportJob"]
_DELETION: Final = GENERIC_KINDS["DataDeletionJob"]
_EXPORTABLE: Final = frozenset({"INTERACTIONS", "ITEMS", "USERS"})
_USER_ID: Final = "USER_ID"


def create_dataset_export_job(call: Call) -> dict[str, object]:
    """Write a dataset's records to one CSV file, which has the name of the job; the real names are not documented.

    https://docs.aws.amazon.com/personalize/latest/dg/export-data.html
    """
    location = location_of(call.parameters["jobOutput"]["s3DataDestination"]["path"], messages.INVALID_OUTPUT_PATH)
    with call.resources() as (resources, now):
        require_parents(_EXPORT, call, resources, now)
        dataset = existing(resources.datasets, call.parameters["datasetArn"])
    if dataset.dataset_type not in _EXPORTABLE:
        raise invalid_input(messages.not_exportable(dataset.dataset_type))
    role = call.assume(call.parameters["roleArn"], _EXPORT.arn(call.at, call.parameters, ""))
    folder = location.key if not location.key or location.key.endswith("/") else f"{location.key}/"
    key = f"{folder}{call.parameters['jobName']}.csv"
    try:
        role.write_object(location.bucket, key, _csv(dataset, exported_records(dataset, call)))
    except (DataAccessDeniedError, DataNotFoundError) as error:
        return add_resource(_EXPORT, call, {"failureReason": read_failure(error)})
    return add_resource(_EXPORT, call, {})


def exported_records(dataset: Dataset, call: Call) -> list[Records]:
    """Return the records of the ingestion mode; with PUT, the default, those that were not imported in bulk."""
    records = {"PUT": [dataset.recorded], "BULK": [dataset.records], "ALL": [dataset.all_records]}
    return records[call.parameters.get("ingestionMode", "PUT")]


def create_data_deletion_job(call: Call) -> dict[str, object]:
    """Delete the records of the users in CSV files from all datasets of a dataset group.

    https://docs.aws.amazon.com/personalize/latest/dg/delete-records.html
    """
    location = location_of(call.parameters["dataSource"].get("dataLocation", ""))
    with call.resources() as (resources, now):
        require_parents(_DELETION, call, resources, now)
    role = call.assume(call.parameters["roleArn"], _DELETION.arn(call.at, call.parameters, ""))
    outcome, users = _users_to_delete(role, location, call.settings.data_deletion_bytes)
    with call.resources() as (resources, now):
        require_parents(_DELETION, call, resources, now)
        created = add_resource(_DELETION, call, outcome)
        arn = str(created[_DELETION.arn_member])
        job = resources.generic[arn]
        count = _delete_users(resources, call.parameters["datasetGroupArn"], users)
        resources.generic[arn] = replace(job, members={**job.members, "numDeleted": count})
    return created


def _users_to_delete(role: ImportRole, location: Location, limit: int) -> tuple[Members, set[str]]:
    """Return the ids of the users, or the failure reason of the job."""
    try:
        found = role.list_objects(location.bucket, location.key)
        files = [file for file in found if file.key == location.key or file.key.endswith(".csv")]
        if not files:
            raise invalid_input(messages.INVALID_DATA_LOCATION)
        if sum(file.size for file in files) > limit:
            return {"failureReason": messages.deletion_too_large(limit)}, set()
        return {}, {user for file in files for user in _user_ids(role, location, file)}
    except (DataAccessDeniedError, DataNotFoundError) as error:
        raise invalid_input(read_failure(error)) from error
    except (UnicodeDecodeError, csv.Error, KeyError):
        return {"failureReason": messages.missing_columns([_USER_ID])}, set()


def _user_ids(role: ImportRole, location: Location, file: S3Object) -> Iterator[str]:
    """Yield the values of the column USER_ID; raise KeyError if there is none."""
    text = b"".join(role.read_chunks(location.bucket, file.key)).decode()
    rows = csv.DictReader(io.StringIO(text, newline=""))
    if _USER_ID not in (rows.fieldnames or ()):
        raise KeyError(_USER_ID)
    for row in rows:
        yield row[_USER_ID]


def _delete_users(resources: Resources, group_arn: str, users: set[str]) -> int:
    """Delete the users' records in the datasets of a group; return their number."""
    count = 0
    for dataset in list(resources.datasets.values()):
        if dataset.dataset_group_arn == group_arn:
            records, recorded = (each.without(_USER_ID, users) for each in (dataset.records, dataset.recorded))
            count += len(dataset.records) - len(records) + len(dataset.recorded) - len(recorded)
            resources.datasets[dataset.arn] = replace(dataset, records=records, recorded=recorded)
    return count


def _csv(dataset: Dataset, records: Iterable[Records]) -> bytes:
    """Return records as CSV with a header; records that match in all fields are written once."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([column.name for column in dataset.records.columns])
    writer.writerows(dict.fromkeys(tuple(row) for each in records for row in each.rows()))
    return file.getvalue().encode()


OPERATIONS: Final[dict[str, Operation]] = {
    "CreateDatasetExportJob": create_dataset_export_job,
    "CreateDataDeletionJob": create_data_deletion_job,
}
