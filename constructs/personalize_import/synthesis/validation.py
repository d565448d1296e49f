"""Checks of the construct's arguments at synth, with the rules that the handler applies to the resource's properties.

The values of tokens are unknown at synth. They pass these checks, and the handler checks them.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Final
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from constructs import Construct

from personalize_import.synthesis.at_synthesis import at_synthesis
from personalize_import.synthesis.stack_environment import is_token, once_per_stack
from personalize_import_handler import contract
from personalize_import_handler.contract import ImportMode, constraints
from personalize_import_handler.contract.constraints import TextRule, shown, violation

_SECONDS: Final[WeakKeyDictionary[cdk.Duration, float | None]] = WeakKeyDictionary()


class ValidationError(ValueError):
    """One or more arguments are invalid; the message names each argument, its value and what is allowed."""


def require(scope: Construct, *checks: Iterable[str]) -> None:
    """Raise `ValidationError` with the path of the construct and all problems that the checks yield, if any."""
    if found := list(chain.from_iterable(checks)):
        raise ValidationError(f"{scope.node.path}: {'; '.join(found)}")


def require_all(*checks: Iterable[str]) -> None:
    """Raise `ValidationError` with all problems that the checks yield, if any."""
    if found := list(chain.from_iterable(checks)):
        raise ValidationError("; ".join(found))


def check_text(name: str, value: object, rule: TextRule) -> Iterator[str]:
    """Yield each problem of a string; a token is valid."""
    yield from _unless_token(value, rule.check(name, value))


def check_optional_text(name: str, value: object, rule: TextRule) -> Iterator[str]:
    """Yield each problem of a string; None and tokens are valid."""
    if value is not None:
        yield from check_text(name, value, rule)


def check_dataset(name: str, dataset: object, dataset_arn: str) -> Iterator[str]:
    """Yield a problem if a dataset or its ARN is invalid."""
    if not isinstance(dataset, str) and not hasattr(dataset, "dataset_ref"):
        yield violation(name, dataset, "a CfnDataset, another IDatasetRef, or a dataset's ARN")
    else:
        yield from check_text(name, dataset_arn, constraints.DATASET_ARN)


def check_role(name: str, role: object) -> Iterator[str]:
    """Yield a problem if a role or its ARN is invalid; None is valid."""
    if role is None:
        return
    if not hasattr(role, "role_arn") or not hasattr(role, "grant_principal"):
        yield violation(name, role, "a Role or another IRoleRef, such as iam.Role.from_role_arn(...)")
    else:
        yield from check_text(name, role.role_arn, constraints.ROLE_ARN)


def check_import_mode(name: str, value: object) -> Iterator[str]:
    """Yield a problem if an import mode is invalid; None and tokens are valid."""
    if value is not None:
        yield from _unless_token(value, constraints.check_choice(name, value, ImportMode))


def check_tags(name: str, tags: object) -> Iterator[str]:
    """Yield each problem of the tags; None is valid, and keys and values may be tokens."""
    if tags is None:
        return
    if not isinstance(tags, Mapping) or not all(isinstance(text, str) for pair in tags.items() for text in pair):
        yield violation(name, tags, "a mapping of strings to strings")
        return
    if not any(constraints.check_tags(name, tags.items())):
        return
    known = [pair for pair in tags.items() if not any(is_token(text) for text in pair)]
    yield from constraints.check_tags(name, known)
    if len(tags) > contract.TAGS_MAX >= len(known):
        yield violation(name, len(tags), constraints.TAGS_ALLOWED)


def check_all_tags(job: Construct, tag_manager: cdk.TagManager) -> None:
    """Check all tags of a job when the template is written: the argument `tags` and those of `Tags.of(...)`."""
    _jobs_with_tags(job)[job] = tag_manager


@once_per_stack
def _jobs_with_tags(stack: cdk.Stack) -> dict[Construct, cdk.TagManager]:
    jobs: dict[Construct, cdk.TagManager] = {}

    def check() -> None:
        for job, tag_manager in jobs.items():
            for problem in check_tags("tags (those of Tags.of included)", tag_manager.tag_values()):
                cdk.Annotations.of(job).add_error(problem)

    at_synthesis(stack, check)
    return jobs


def check_timeout(name: str, timeout: object) -> Iterator[str]:
    """Yield a problem if a timeout is invalid; None is valid."""
    if timeout is None:
        return
    if not isinstance(timeout, cdk.Duration):
        yield violation(name, timeout, f"a Duration {constraints.WAIT_CHAIN_ALLOWED}")
    elif (seconds := seconds_of(timeout)) is not None:
        yield from constraints.check_wait_chain_seconds(name, seconds)
    elif timeout.unit_label() != "seconds":  # the CDK can't convert a token
        yield violation(name, f"Duration.{timeout.unit_label()}", "made by Duration.seconds where it is a token")


def seconds_of(timeout: cdk.Duration) -> float | None:
    """Return the seconds of a duration, or None if it is a token.

    The result is cached, because most jobs use the same default duration.
    """
    if timeout not in _SECONDS:
        _SECONDS[timeout] = None if timeout.is_unresolved() else timeout.to_milliseconds() / 1000
    return _SECONDS[timeout]


def check_boolean(name: str, value: object) -> Iterator[str]:
    """Yield a problem if a flag is not a boolean; None is valid."""
    if value is not None and not isinstance(value, bool):
        yield violation(name, value, "True or False")


def not_found(path: str) -> str:
    """Return a message that a local file doesn't exist, with the folder at which a relative path starts."""
    return f"{shown(path)} not found" + ("" if Path(path).is_absolute() else f" (in {Path.cwd()})")


def _unless_token(value: object, problems: Iterable[str]) -> list[str]:
    found = list(problems)
    return [] if found and isinstance(value, str) and is_token(value) else found
