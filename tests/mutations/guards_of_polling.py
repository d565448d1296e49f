"""Guards of the times of polls, and of the durations of earlier jobs that they follow."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_pace: Final = partial(Patch, "request/polling.py", "handler/request/test_polling.py")
_similar: Final = partial(Patch, "job/earlier_jobs.py", "handler/job/test_earlier_jobs.py")

GUARDS: Final = (
    # In `polling`
    _pace("a young job is polled once more soon", "_EARLY_WAIT: Final = 30", "_EARLY_WAIT: Final = 120"),
    _pace("only a young job is polled soon", "if elapsed_seconds < _EARLY_SECONDS else", "if True else"),
    _pace(
        "before four minutes a job is polled every two", "factor=0.52, longest_wait=120", "factor=0.52, longest_wait=12"
    ),
    _pace("an expected job is polled rarely until then", "LONGEST_WAIT: Final = 12 * 60", "LONGEST_WAIT: Final = 120"),
    _pace("no wait exceeds the longest one", "return min(self.longest_wait, max", "return max(0, max"),
    _pace("no two polls follow at once", "_SHORTEST_WAIT: Final = 2", "_SHORTEST_WAIT: Final = 0"),
    _pace(
        "polls become more frequent towards the end of the window",
        "math.sqrt(self.end - begins_at)",
        "math.sqrt(self.end - self.start)",
    ),
    _pace("earlier jobs count", "if usual_seconds else [_FIRST_IMPORT]", "if False else [_FIRST_IMPORT]"),
    _pace(
        "a job that takes longer than the earlier ones is polled as if there were none",
        "[_window_around(usual_seconds), _FIRST_IMPORT]",
        "[_window_around(usual_seconds)]",
    ),
    _pace(
        "a window includes jobs that take a quarter less or more", "\n_SPREAD: Final = 0.25", "\n_SPREAD: Final = 0.1"
    ),
    _pace("the factor for a narrow window is the smaller one", "_FACTOR: Final = 0.4125", "_FACTOR: Final = 0.52"),
    _pace("from half an hour on a job is polled less often", "(30 * 60, 60),", "(30 * 60, 30),"),
    _pace("from an hour on a job is polled rarely", "(60 * 60, 100),", "(60 * 60, 60),"),
    _pace("a step begins at its second", "if elapsed_seconds >= start)", "if elapsed_seconds > start)"),
    # In `earlier_jobs`, and where its result is recorded
    _similar("only jobs that became ACTIVE count", "has_succeeded(job.status) and ", ""),
    _similar("only jobs of the same mode count", " and job.import_mode is import_mode", ""),
    _similar("only similar jobs count", " and _kind(job.dataset_import_job_arn) == kind", ""),
    _similar("jobs of another resource don't count", 'return job["prefix"] if job else "", file', 'return "", file'),
    _similar("the latest jobs count", "[-_JOBS_MAX:]", "[:_JOBS_MAX]"),
    _similar("jobs of long ago don't count", "_JOBS_MAX: Final = 3", "_JOBS_MAX: Final = 5"),
    _similar("the list may have any order", "sorted(similar, key=lambda job: job.creation_date_time)", "similar"),
    _similar("a duration is a positive whole number", "max(1, round(", "max(-5, round("),
    Patch(
        "job/import_job.py",
        "handler/job/test_earlier_jobs.py",
        "the usual duration is recorded with the job",
        "            usual_seconds=found.usual_seconds,\n",
        "",
    ),
    Patch(
        "job/repeating_followers.py",
        "handler/job/test_earlier_jobs.py",
        "the usual duration of a repeat is recorded",
        "            usual_seconds=repeat_progress.usual_seconds,\n",
        "",
    ),
    Patch(
        "job/attempts.py",
        "handler/job/test_earlier_jobs.py",
        "a job that is started has a usual duration",
        "is_started=True, usual_seconds=usual_seconds(jobs, arn, properties.import_mode))",
        "is_started=True)",
    ),
    Patch(
        "job/attempts.py",
        "handler/job/test_earlier_jobs.py",
        "a job that is found has a usual duration",
        "Attempt(attempt_of(arn), arn, is_started=True, usual_seconds=usual)",
        "Attempt(attempt_of(arn), arn, is_started=True)",
    ),
)
