"""Decisions about the next job of a refresh, as tables of jobs and files."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from personalize_import_handler.aws.data_reader import DataObject
from personalize_import_handler.aws.personalize import JobSummary
from personalize_import_handler.contract import ImportMode
from personalize_import_handler.contract.refresh_event import EXECUTION_SECONDS_MAX
from personalize_import_handler.refresh.decisions import DatasetJobs, file_digest, is_event_outdated, is_import_restored
from personalize_import_handler.request.execution import Execution
from personalize_import_handler.request.job_names import JobNames, file_digest_in
from tests.handler.support.fakes import job_arn, job_summary

NAMES = JobNames(job_arn(""), "shop-Import-", "0123456789ab", "shop/Import")
OTHER = NAMES._replace(digest="ba9876543210")
A, B, C = (DataObject(f"{name}.csv", 1, name, at) for name, at in (("a", 100.0), ("b", 300.0), ("c", 200.0)))


def job(arn: str, at: float, status: str = "ACTIVE", mode: ImportMode = ImportMode.INCREMENTAL) -> JobSummary:
    return job_summary(arn, at, status, mode)


def of_file(file: DataObject, at: float, status: str = "ACTIVE", attempt: int = 1) -> JobSummary:
    return job(NAMES._replace(digest=file_digest(NAMES, file)).arn(attempt), at, status)


WHOLE = job(NAMES.arn(1), 150.9)
FULL_LATER = job(job_arn("another"), 900, mode=ImportMode.FULL)


@pytest.mark.parametrize(
    ("jobs", "created_at", "expected"),
    [
        ([], 0, True),
        ([], 150.9, True),
        ([], 151, False),
        ([], None, False),
        ([FULL_LATER], 0, False),
        ([job(job_arn("another"), 900, "CREATE FAILED", ImportMode.FULL)], 0, True),
        ([job(job_arn("another"), 100, mode=ImportMode.FULL)], 0, True),
        ([job(job_arn("another"), 900)], 0, True),
    ],
    ids=["alone", "first", "earlier dataset", "no dataset", "FULL later", "failed", "FULL before", "INCREMENTAL later"],
)
def test_the_rows_of_a_job_are_in_the_dataset_unless_they_were_removed(
    jobs: list[JobSummary], created_at: float | None, expected: bool
) -> None:
    assert DatasetJobs([WHOLE, *jobs], created_at).has_rows_of(WHOLE) is expected


def test_a_failed_job_has_no_rows() -> None:
    failed = job(NAMES.arn(2), 200, "CREATE FAILED")

    assert not DatasetJobs([failed], 0).has_rows_of(failed)


def test_the_next_attempt_follows_the_latest_one_even_if_it_has_failed() -> None:
    jobs = [WHOLE, job(NAMES.arn(1000), 200, "CREATE FAILED"), job(OTHER.arn(2000), 300), of_file(A, 400)]

    assert DatasetJobs(jobs, 0).next_attempt(NAMES) == 1001
    assert DatasetJobs(jobs, 0).next_attempt(NAMES._replace(digest="c" * 12)) == 1


def test_the_imports_of_a_resource_are_its_jobs_that_have_not_failed_without_those_of_files() -> None:
    renamed = job(NAMES._replace(name_prefix="renamed-").arn(3), 500)
    other = job(OTHER.arn(1), 300)
    foreign = job(NAMES._replace(name_prefix="another-", digest="c" * 12).arn(1), 400)
    jobs = [WHOLE, other, foreign, renamed, job(NAMES.arn(4), 600, "CREATE FAILED"), of_file(A, 700)]

    assert DatasetJobs(jobs, 0).imports_of_resource(NAMES) == [renamed, other, WHOLE]


@pytest.mark.parametrize(
    ("jobs", "expected"),
    [
        ([], [C, B]),
        ([of_file(C, 400)], [B]),
        ([of_file(C, 400), of_file(B, 500, attempt=2)], []),
        ([of_file(C, 400, "CREATE FAILED")], [C, B]),
        ([of_file(C._replace(etag="other"), 400)], [C, B]),
        ([of_file(C._replace(size=2), 400)], [C, B]),
        ([of_file(C._replace(name="d.csv"), 400)], [C, B]),
        ([of_file(C, 400), FULL_LATER], [C, B]),
    ],
    ids=["none", "one", "both", "failed", "content", "size", "name", "replaced"],
)
def test_new_files_have_no_job_and_were_uploaded_after_the_job_of_the_whole_import(
    jobs: list[JobSummary], expected: list[DataObject]
) -> None:
    assert DatasetJobs([WHOLE, *jobs], 0).new_files([A, B, C], NAMES, WHOLE) == expected


def test_the_jobs_of_files_are_not_compared_with_each_other() -> None:
    class Jobs(list[JobSummary]):
        times_read = 0

        def __iter__(self) -> Iterator[JobSummary]:
            self.times_read += 1
            return super().__iter__()

    files = [DataObject(f"{number}.csv", 1, "", 200.0) for number in range(100)]
    jobs = Jobs([WHOLE, *(of_file(file, 300) for file in files)])

    assert DatasetJobs(jobs, 0).new_files(files, NAMES, WHOLE) == []
    assert jobs.times_read == 2


@pytest.mark.parametrize(("second", "is_new"), [(149.0, False), (150.0, True), (151.0, True)])
def test_a_file_of_the_second_in_which_the_whole_import_was_created_is_new(second: float, is_new: bool) -> None:
    files = [A._replace(last_modified=second)]

    assert (DatasetJobs([WHOLE], 0).new_files(files, NAMES, WHOLE) == files) is is_new


def test_files_of_the_same_second_are_imported_in_the_order_of_their_names() -> None:
    files = [DataObject(f"{name}.csv", 1, name, 200.0) for name in "cab"]

    assert [file.name for file in DatasetJobs([WHOLE], 0).new_files(files, NAMES, WHOLE)] == ["a.csv", "b.csv", "c.csv"]


def test_the_digest_of_a_file_depends_on_its_import_and_is_no_digest_of_an_import() -> None:
    digest = file_digest(NAMES, A)

    assert digest != file_digest(OTHER, A)
    assert file_digest_in(NAMES._replace(digest=digest).arn(1)) == digest
    assert file_digest_in(NAMES.arn(1)) is None


def request_at(at: float) -> Execution:
    return Execution(f"{'0' * 32}-{'1' * 32}", datetime.fromtimestamp(at, UTC), is_running=False)


def refresh_at(at: float) -> Execution:
    return Execution(f"{'0' * 32}-refresh-0-{at:010.0f}", datetime.fromtimestamp(at, UTC), is_running=False)


@pytest.mark.parametrize(
    ("executions", "expected"),
    [
        ([], False),
        ([request_at(900)], False),
        ([request_at(900), request_at(2000)], True),
        ([request_at(2000), request_at(900)], True),
        ([request_at(1004)], False),
        ([request_at(2000), request_at(3001)], False),
        ([request_at(900), refresh_at(2000)], False),
    ],
    ids=["none", "the change", "later", "any order", "at once", "after the event", "refresh"],
)
def test_an_import_is_restored_by_a_request_between_the_other_import_and_the_event(
    executions: list[Execution], expected: bool
) -> None:
    assert is_import_restored(changed_at=1000, requested_at=3000, executions=executions) is expected


@pytest.mark.parametrize(("later", "expected"), [(0, False), (1, True)])
def test_an_import_is_restored_if_the_event_is_later_than_all_executions_that_are_listed(
    later: int, expected: bool
) -> None:
    requested_at = 1000 + EXECUTION_SECONDS_MAX + later

    assert is_import_restored(changed_at=1000, requested_at=requested_at, executions=[]) is expected


@pytest.mark.parametrize(
    ("executions", "expected"),
    [
        ([], False),
        ([request_at(900)], False),
        ([request_at(2000)], False),
        ([request_at(3001), request_at(900)], True),
        ([refresh_at(3001)], False),
    ],
    ids=["none", "the import", "before the event", "after the event", "refresh"],
)
def test_an_event_is_outdated_if_a_request_is_later(executions: list[Execution], expected: bool) -> None:
    assert is_event_outdated(imported_at=1000, requested_at=3000, executions=executions) is expected


def test_the_request_that_has_started_the_import_does_not_make_an_earlier_event_outdated() -> None:
    assert not is_event_outdated(imported_at=3000, requested_at=2000, executions=[request_at(3004)])
    assert is_event_outdated(imported_at=3000, requested_at=2000, executions=[request_at(3006)])
