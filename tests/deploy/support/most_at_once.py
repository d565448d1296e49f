"""How many jobs an account had at once."""

from typing import Any


def most_at_once(jobs: list[dict[str, Any]]) -> int:
    """Count the jobs between their first and their last status, at the moment when they were most."""
    # Where one ends as another begins, the end comes first: it made the room.
    turns = [(job["history"][0]["at"], 1) for job in jobs] + [(job["history"][-1]["at"], -1) for job in jobs]
    running = [sum(change for _at, change in sorted(turns)[:count]) for count in range(1, len(turns) + 1)]
    return max(running)
