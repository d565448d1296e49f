"""Why an import has failed, and what to do: the handler's own words, and the commands that show more of it."""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from personalize_import_cli.stack.account import Account
from personalize_import_cli.stack.imports import asked_imports
from personalize_import_cli.stack.jobs import Job
from personalize_import_cli.stack.looking import Looker
from personalize_import_cli.stack.operations import Answer, operations
from personalize_import_cli.stack.sight import Seen, Sight, State
from personalize_import_cli.stack.watching import required
from personalize_import_cli.stack.words import unwrapped
from personalize_import_handler.aws.personalize import has_failed
from personalize_import_handler.messages import failure_reasons

_NO_ANSWER: Final = ("did not receive a response", "failed to stabilize")
_LOOK_INTO_THE_LOG: Final = (
    "The functions could not answer in time: look into their log group (DatasetImportProvider/Logs) and at the "
    "executions of the state machine (DatasetImportProvider/Waiter), and deploy again."
)
# Faults of these kinds are in the files; a rule that `preflight` has found broken begins with its name.
_IN_THE_DATA: Final = re.compile(r"missing the following columns|^[a-z]+(-[a-z]+)+: ")


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Why one import has failed."""

    name: str
    logical_id: str
    why: str
    """The service's words, or CloudFormation's."""
    what_to_do: str
    job: Job | None
    data_location: str | None
    commands: Sequence[str] = ()
    """What shows all that is wrong with the data."""


@dataclass(frozen=True, kw_only=True)
class Explained:
    """What there is to say of a stack."""

    sight: Sight
    failures: Sequence[Explanation]
    failed_before: float | None = None
    """When the last operation began in which an import had failed, if nothing has in the last operation of all."""


def explain(account: Account, stack: str) -> Explained:
    """Look at the last operation on a stack, and explain what has failed in it; raise `CommandError`."""
    sight = required(Looker(account, stack).look(), stack)
    failures = [
        _explained(account, sight, seen) for seen in sight.imports if seen.state in (State.FAILED, State.CANCELLED)
    ]
    failed_before = None if failures else _failed_before(account, sight)
    return Explained(sight=sight, failures=failures, failed_before=failed_before)


def divided(reason: str) -> tuple[str, str]:
    """Divide a reason of the handler into the service's words, and what it has said besides."""
    why, what_to_do = failure_reasons.split_reason(reason)
    return why, what_to_do or (_LOOK_INTO_THE_LOG if any(words in reason for words in _NO_ANSWER) else "")


def _explained(account: Account, sight: Sight, seen: Seen) -> Explanation:
    if seen.state is State.CANCELLED:
        why, what_to_do = seen.reason, _given_up(sight)
    elif seen.job and has_failed(seen.job.status) and seen.reason == seen.job.failure_reason:
        # Nobody has waited for the job, so that the handler has not explained it.
        described = account.job(seen.job.arn)
        why, what_to_do = divided(failure_reasons.job_failed(described) if described else seen.reason)
    else:
        why, what_to_do = divided(seen.reason)
    return Explanation(
        name=seen.name,
        logical_id=seen.logical_id,
        why=why,
        what_to_do=what_to_do,
        job=seen.job,
        data_location=seen.data_location,
        commands=_commands(account, seen) if is_in_the_data(why, seen) else (),
    )


def _given_up(sight: Sight) -> str:
    failure = sight.first_failure
    if failure is None:
        return ""
    return (
        f"CloudFormation gave it up because {failure.logical_id} ({failure.resource_type}) had failed: "
        f"{unwrapped(failure.reason)}"
    )


def is_in_the_data(why: str, seen: Seen) -> bool:
    """Say whether looking at the data would show the fault: that of a job, or one that was seen before a job."""
    return bool(seen.job and has_failed(seen.job.status)) or bool(_IN_THE_DATA.search(why))


def _commands(account: Account, seen: Seen) -> Sequence[str]:
    """Give the commands that fetch the schema, and check the data for it."""
    schema = account.schema(seen.dataset_arn) if seen.dataset_arn else None
    if not schema or not seen.data_location:
        return ()
    domain = f" --domain {schema.domain}" if schema.domain else ""
    return (
        f"aws personalize describe-schema --schema-arn {schema.arn} --query schema.schema --output text > schema.json",
        f"personalize-import check {shlex.quote(seen.data_location)} --schema schema.json{domain}",
    )


def _failed_before(account: Account, sight: Sight) -> float | None:
    """Find the last operation but the last of all in which an import failed."""
    for operation in reversed(operations(account.events(sight.stack_id, all_operations=True))[:-1]):
        if any(one.answer is Answer.FAILED for one in asked_imports(operation, sight.stack_id, is_over=True)):
            return operation.begun_at
    return None
