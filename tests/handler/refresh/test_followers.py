"""The jobs that a refresh of a FULL import repeats, as sequences of jobs."""

import pytest

from personalize_import_handler.aws.personalize import JobSummary
from personalize_import_handler.contract import ImportMode
from personalize_import_handler.refresh.followers import jobs_to_repeat, succeeded_since
from tests.handler.support.fakes import job_arn, job_summary

PREFIXES = [job_arn("shop-A-"), job_arn("shop-B-")]


def jobs_of(text: str) -> list[JobSummary]:
    """Return jobs in order: D is a FULL job of a deploy, R one of a refresh, A1 a job of import 1 of follower A.

    A dash stands for a job that has failed, `Au` for the job of a file.
    """
    jobs = []
    for number, word in enumerate(text.split()):
        is_full = word[0] in "DR"
        digest = f"u{number:011}" if word[1:2] == "u" else f"{word.strip('-')[1:] or 0}" * 12
        name = f"shop-{word[0]}-{digest}-{number + 1}"
        mode = ImportMode.FULL if is_full else ImportMode.INCREMENTAL
        status = "CREATE FAILED" if word.endswith("-") else "ACTIVE"
        jobs.append(job_summary(job_arn(name), float(number), status, mode))
    return jobs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("D A1 B1 R", "A1 B1"),
        ("D B1 A1 R", "B1 A1"),
        ("D R", ""),
        ("D A1 Au R", "A1"),
        ("D A1 B1- R", "A1"),
        ("D X1 A1 R", "A1"),
        ("D A1 B1 R A1 B1 R", "A1 B1"),
        ("D A1 B1 R A1 R", "A1 B1"),
        ("D A1 B1 R R A1 R", "A1 B1"),
        ("D A1 B1 R A1 B1- R", "A1 B1"),
        ("D A1 D A2 R", "A2"),
        ("D A1 B1 R A1 D A1 R", "A1"),
        ("D A1 B1 D A1 R A1 R", "A1"),
        ("D A1 D- A2 R", "A1 A2"),
        ("D A1 A2 R", "A1 A2"),
        ("D A1 B1 D", ""),
    ],
)
def test_the_imports_since_the_latest_deploy_are_repeated_in_their_order(text: str, expected: str) -> None:
    *jobs, current = jobs_of(text)

    repeated = jobs_to_repeat([*reversed(jobs), current], current, PREFIXES, is_refresh)

    assert " ".join(word_of(job) for job in repeated) == expected


def test_the_latest_job_of_each_import_is_repeated() -> None:
    *jobs, current = jobs_of("D A1 B1 R A1 R")

    repeated = jobs_to_repeat(jobs, current, PREFIXES, is_refresh)

    assert [job.creation_date_time for job in repeated] == [4, 2]


def test_few_tags_are_read_for_any_number_of_refreshes() -> None:
    *jobs, current = jobs_of(f"D A1 D A2 {'R A2 ' * 300} R")
    read: list[JobSummary] = []

    def is_refresh_and_counted(job: JobSummary) -> bool:
        read.append(job)
        return is_refresh(job)

    jobs_to_repeat(jobs, current, PREFIXES, is_refresh_and_counted)

    assert len(read) == 2


@pytest.mark.parametrize(("text", "expected"), [("R A1", True), ("R A1-", False), ("R A2", False), ("A1 R", False)])
def test_an_import_is_repeated_once_a_later_job_has_succeeded(text: str, expected: bool) -> None:
    (job,), jobs = jobs_of("A1"), jobs_of(text)
    (full_job,) = [each for each in jobs if each.import_mode is ImportMode.FULL]

    assert succeeded_since(full_job, job, jobs) is expected


def is_refresh(job: JobSummary) -> bool:
    return "/shop-R-" in job.dataset_import_job_arn


def word_of(job: JobSummary) -> str:
    _, letter, digest, _ = job.dataset_import_job_arn.rpartition("/")[2].split("-")
    return f"{letter}{digest[0]}"
