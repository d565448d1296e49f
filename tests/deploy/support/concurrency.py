"""The number of jobs that ran at the same time."""

from typing import Any


def max_concurrent(jobs: list[dict[str, Any]]) -> int:
    """Return the maximum number of jobs that were between their first and last status at the same time."""
    # If a job ends when another one begins, the end is counted first.
    changes = [(job["history"][0]["at"], 1) for job in jobs] + [(job["history"][-1]["at"], -1) for job in jobs]
    running = [sum(change for _at, change in sorted(changes)[:count]) for count in range(1, len(changes) + 1)]
    return max(running)
