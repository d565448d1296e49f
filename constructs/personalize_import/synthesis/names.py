"""Names of Personalize resources: the rule for given names, and names that are generated from a construct's path."""

import hashlib
import re
from typing import Final

from constructs import Construct

from personalize_import.synthesis.stack_environment import is_token, stack_of
from personalize_import_handler.contract.constraints import NAME_PATTERN, TextRule

_DIGEST_LENGTH: Final = 8
# https://docs.aws.amazon.com/personalize/latest/dg/API_CreateDataset.html, and the same for other resources
_NAME_LENGTH_MAX: Final = 63
NAME: Final = TextRule(
    f"1 to {_NAME_LENGTH_MAX} letters, digits, hyphens and underscores, starting with a letter or digit",
    NAME_PATTERN,
    _NAME_LENGTH_MAX,
)


def name_of_path(scope: Construct, id: str) -> str:
    """Return the stack's name and the path of a construct in it, which can be longer than a name."""
    stack = stack_of(scope)
    below = scope.node.path.removeprefix(stack.node.path)
    # The name of a nested stack is unknown at synth.
    name = stack.node.path if is_token(stack.stack_name) else stack.stack_name
    return re.sub(r"[^a-zA-Z0-9\-_]+", "-", f"{name}{below}/{id}").lstrip("-_")


def name_that_fits(name: str) -> str:
    """Return a name unchanged, or truncated and with a digest if it is too long."""
    return name if len(name) <= _NAME_LENGTH_MAX else name_with_digest(name, name)


def name_with_digest(name: str, *parts: str) -> str:
    """Return a name, truncated if necessary, with a digest of `parts` at its end."""
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:_DIGEST_LENGTH]
    return f"{name[: _NAME_LENGTH_MAX - _DIGEST_LENGTH - 1]}-{digest}"
