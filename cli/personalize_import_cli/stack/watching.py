"""Look, show what has changed, wait, and look again, until nothing goes on any more."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from personalize_import_cli.aws_errors import UnavailableError
from personalize_import_cli.errors import CommandError
from personalize_import_cli.stack.sight import Sight

_MISSED_MAX: Final = 5
_CREATED: Final = "CREATE_IN_PROGRESS"


@dataclass(frozen=True, kw_only=True)
class Watched:
    """Whom to ask, whom to tell, and how often.

    Args:
        look: Looks at the stack; None if there is no such stack. Raises `UnavailableError`.
        show: Is told each look.
        wait: Waits before the next look.
        about: What failures are about.
        next_operation: Whether to wait for an operation that hasn't begun yet, also one that creates the stack.
    """

    look: Callable[[], Sight | None]
    show: Callable[[Sight | None], None]
    wait: Callable[[], None]
    about: str
    next_operation: bool = False


def watch(watched: Watched) -> Sight:
    """Show a stack's imports until they have ended, and return how they stand then; raise `CommandError`."""
    first = watched.look()
    sight = required(_begun(watched, first) if watched.next_operation else first, watched.about)
    while True:
        watched.show(sight)
        if sight.has_ended:
            return sight
        watched.wait()
        following = _next_look(watched)
        if following is None:  # it was deleted
            return sight
        sight = required(following, watched.about)


def _begun(watched: Watched, sight: Sight | None) -> Sight:
    """Wait for the next operation to begin, unless one goes on already; a deletion is none."""
    before = sight.begun_at if sight else None
    while sight is None or (sight.has_ended and sight.begun_at == before) or sight.stack_status.startswith("DELETE_"):
        watched.show(None)
        watched.wait()
        sight = _next_look(watched)
    return sight


def _next_look(watched: Watched) -> Sight | None:
    """Look again; what passes by itself is waited for, for a while."""
    for _missed in range(_MISSED_MAX - 1):
        try:
            return watched.look()
        except UnavailableError:
            watched.wait()
    return watched.look()


def required(sight: Sight | None, about: str) -> Sight:
    """Give the look at a stack that is there and has imports; raise `CommandError` if it isn't one."""
    if sight is None:
        raise CommandError(
            f"{about}: there is no such stack. One that `cdk deploy` is about to make is waited for by `watch --next`; "
            "one that was deleted is found by its ARN"
        )
    if not sight.imports and (sight.stack_has_ended or sight.stack_status == _CREATED):
        nested = [stack_id.split("/")[1] for stack_id in sight.nested_stacks if "/" in stack_id]
        hint = f" It has nested stacks, which are watched by their own names: {', '.join(nested)}" if nested else ""
        raise CommandError(
            f"{about}: the stack has no dataset import jobs (Custom::PersonalizeDatasetImportJob).{hint}"
        )
    return sight


def pause(every: float, lists: Callable[[], int], sleep: Callable[[float], None] = time.sleep) -> Callable[[], None]:
    """Make what waits between looks: `every` seconds, and more after looks that took many requests.

    ListDatasetImportJobs takes one request a second in all; at least half of them are left to others, the handler
    among them.
    """
    before = 0

    def wait() -> None:
        nonlocal before
        made, before = lists() - before, lists()
        sleep(max(every, 2.0 * made))

    return wait
