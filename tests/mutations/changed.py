"""The guards that a change concerns."""

import subprocess
from collections.abc import Sequence
from typing import Final

from tests.mutations.patches import HANDLER, ROOT, TESTS, Patch

GUARDS_MAX: Final = 30
"""Maximum number of guards that the gate breaks; a larger change is covered by a sample."""
SAMPLE: Final = 20
"""Number of guards that the gate breaks if the handler is unchanged, or without history."""


def guards_to_break(guards: Sequence[Patch], changed: set[str] | None) -> list[Patch]:
    """Return the guards in changed files or with changed tests, or a sample if there are none or too many.

    Args:
        guards: All guards.
        changed: Paths from the root of the repository; None if it is unknown what has changed.
    """
    concerned = [patch for patch in guards if _files_of(patch) & changed] if changed else []
    return spread(concerned, GUARDS_MAX) if concerned else spread(guards, SAMPLE)


def spread(guards: Sequence[Patch], count: int) -> list[Patch]:
    """Return at most that many guards, evenly spread."""
    step = max(1, -(-len(guards) // count))
    return list(guards[::step])


def changed_files() -> set[str] | None:
    """Return the files that differ from the main branch, or on it from its last commit; None without history."""
    for branch in ("origin/main", "main"):
        if base := _git("merge-base", "HEAD", branch):
            on_main = base == _git("rev-parse", "HEAD")
            names = _git("diff", "--name-only", "HEAD~1" if on_main else base)
            return None if names is None else set(names.splitlines())
    return None


def _files_of(patch: Patch) -> set[str]:
    tests = {TESTS / name.partition("::")[0] for name in patch.tests.split()}
    return {str(path.relative_to(ROOT)) for path in {HANDLER / patch.file, *tests}}


def _git(*arguments: str) -> str | None:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else None
