"""Rules for single values and their messages; standard library only, used at synth and in the handler.

Each check takes the name under which the reader finds the value (an argument of the construct or a property of the
resource), and yields a problem if the value is invalid.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from personalize_import_handler import contract

_SHOWN_LENGTH_MAX: Final = 200


def shown(value: object) -> str:
    """Render a value for a message: quoted, and cut if it is long, because a response has at most 4096 bytes."""
    text = repr(value)
    return text if len(text) <= _SHOWN_LENGTH_MAX else f"{text[:_SHOWN_LENGTH_MAX]}… ({len(text)} characters)"


def violation(name: str, value: object, allowed: str) -> str:
    """Return a message with the name, the value received and the allowed values."""
    return f"{name} must be {allowed}, got {shown(value)}"


class TextRule(NamedTuple):
    """A rule for a string: a pattern and a maximum length."""

    allowed: str
    pattern: str
    """A regular expression, compiled on first use, because a cold start needs only few of them."""
    length_max: int

    def check(self, name: str, value: object) -> Iterator[str]:
        """Yield a problem if `value` is invalid."""
        if not isinstance(value, str) or len(value) > self.length_max or not re.fullmatch(self.pattern, value):
            yield violation(name, value, self.allowed)


NAME_PATTERN: Final = r"[a-zA-Z0-9][a-zA-Z0-9\-_]*"
"""The names of Personalize's resources."""
JOB_DIGEST_PATTERN: Final = "[0-9a-fu][0-9a-f]{11}"
"""The hash in a job's name: of the import, or after `u` of one file of an INCREMENTAL import."""
ATTEMPT_PATTERN: Final = "(?:[1-9][0-9]{0,2}|[a-z][0-9a-z]{2})"
"""The number of the attempt in a job's name; see `job_names.attempt_text`."""
_ARN: Final = r"arn:[a-z0-9-]+:personalize:[a-z0-9-]+:[0-9]{12}"

JOB_NAME: Final = TextRule(
    f"1 to {contract.JOB_NAME_LENGTH_MAX} letters, digits, hyphens and underscores, starting with a letter or digit "
    f"(of the service's {contract.SERVICE_JOB_NAME_LENGTH_MAX} characters, the suffix that keeps names unique takes "
    f"{contract.JOB_NAME_SUFFIX_LENGTH_MAX})",
    NAME_PATTERN,
    contract.JOB_NAME_LENGTH_MAX,
)
# Stricter than the API's pattern, which accepts any ARN of the service; the usual mistake is a dataset group's ARN.
DATASET_ARN: Final = TextRule(
    "a dataset's ARN such as arn:aws:personalize:eu-west-1:123456789012:dataset/my-group/INTERACTIONS, "
    f"at most {contract.ARN_LENGTH_MAX} characters",
    f"{_ARN}:dataset/{NAME_PATTERN}/[A-Z_]+",
    contract.ARN_LENGTH_MAX,
)
DATASET_GROUP_ARN: Final = TextRule(
    "a dataset group's ARN such as arn:aws:personalize:eu-west-1:123456789012:dataset-group/my-group, "
    f"at most {contract.ARN_LENGTH_MAX} characters",
    f"{_ARN}:dataset-group/{NAME_PATTERN}",
    contract.ARN_LENGTH_MAX,
)
SCHEMA_ARN: Final = TextRule(
    "a schema's ARN such as arn:aws:personalize:eu-west-1:123456789012:schema/my-schema, "
    f"at most {contract.ARN_LENGTH_MAX} characters",
    f"{_ARN}:schema/{NAME_PATTERN}",
    contract.ARN_LENGTH_MAX,
)
# Stricter than the service's pattern: only names that the handler creates, because it reads the attempt from them.
DATASET_IMPORT_JOB_ARN: Final = TextRule(
    "the ARN of an import job of this resource type, as its attribute DatasetImportJobArn returns it, such as "
    "arn:aws:personalize:eu-west-1:123456789012:dataset-import-job/shop-Import-0123456789ab-1, "
    f"at most {contract.ARN_LENGTH_MAX} characters",
    f"{_ARN}:dataset-import-job/{NAME_PATTERN}-{JOB_DIGEST_PATTERN}-{ATTEMPT_PATTERN}",
    contract.ARN_LENGTH_MAX,
)
ROLE_ARN: Final = TextRule(
    f"an IAM role's ARN such as arn:aws:iam::123456789012:role/my-role, at most {contract.ARN_LENGTH_MAX} characters",
    r"arn:[a-z0-9-]+:iam::[0-9]{12}:role/[a-zA-Z_0-9+=,.@\-/]+",
    contract.ARN_LENGTH_MAX,
)
# IAM's pattern without wildcards of policies, and without "/" alone, which would include all roles.
IMPORT_ROLE_PATH: Final = TextRule(
    f"a path of IAM roles such as /personalize/, at most {contract.IMPORT_ROLE_PATH_LENGTH_MAX} characters",
    r"(/[a-zA-Z_0-9+=,.@\-]+)+/",
    contract.IMPORT_ROLE_PATH_LENGTH_MAX,
)
SERVICE_TOKEN: Final = TextRule(
    "a Lambda function's ARN such as arn:aws:lambda:eu-west-1:123456789012:function:imports, "
    f"at most {contract.ARN_LENGTH_MAX} characters",
    r"arn:[a-z0-9-]+:lambda:[a-z0-9-]+:[0-9]{12}:function:[a-zA-Z0-9\-_]+(:[a-zA-Z0-9$\-_]+)?",
    contract.ARN_LENGTH_MAX,
)
PLAIN_FILES_ALLOWED: Final = (
    "without wildcards such as *.csv (name the folder instead), and not compressed (store file.csv, not file.csv.gz)"
)
# The formats of `data_checks.files`, without regard to case: JSON schemas have no flag for it.
_COMPRESSED: Final = r"\.(?:[gG][zZ]|[zZ][iI][pP]|[bB][zZ]2|[xX][zZ]|[zZ][sS][tT]|7[zZ]|[tT][gG][zZ])"
PLAIN_FILES: Final = rf"(?!(?:[^/]*/)*[^/*]*\*[^/]*$)(?!.*{_COMPRESSED}$)"
"""The beginning of a pattern of keys: the last part of the key has no wildcard and no ending of compressed files."""
DATA_LOCATION: Final = TextRule(
    "a CSV file or a folder in S3, s3://bucket/file.csv or s3://bucket/folder/ (with the slash at its end), "
    f"at most {contract.DATA_LOCATION_LENGTH_MAX} characters, {PLAIN_FILES_ALLOWED}",
    # Surrogates: JSON can contain half a character, but UTF-8 can't, and therefore a key can't either.
    rf"s3://[a-z0-9][a-z0-9.\-]{{1,61}}[a-z0-9]/{PLAIN_FILES}[^\x00-\x1f\x7f\ud800-\udfff]*",
    contract.DATA_LOCATION_LENGTH_MAX,
)
LOGICAL_ID: Final = TextRule(
    f"the logical id of a resource, 1 to {contract.LOGICAL_ID_LENGTH_MAX} letters and digits",
    r"[a-zA-Z0-9]+",
    contract.LOGICAL_ID_LENGTH_MAX,
)
STACK_SCOPE: Final = TextRule(
    "the name of the root stack, a slash, and a name of the nested stack that stays the same, such as shop/Imports",
    contract.STACK_SCOPE_PATTERN,
    contract.STACK_SCOPE_LENGTH_MAX,
)
REIMPORT_TOKEN: Final = TextRule(
    f"a string of 1 to {contract.REIMPORT_TOKEN_LENGTH_MAX} characters",
    r"[^\ud800-\udfff]+",
    contract.REIMPORT_TOKEN_LENGTH_MAX,
)


DATA_AS_OF: Final = TextRule(
    f"a string of at most {contract.DATA_AS_OF_LENGTH_MAX} characters",
    r"[^\ud800-\udfff]*",
    contract.DATA_AS_OF_LENGTH_MAX,
)

STATUS: Final = TextRule(
    "the Status attribute of the previous resource of the wait chain, such as ACTIVE",
    r"[A-Z][A-Z_ ]*",
    contract.STATUS_LENGTH_MAX,
)


def check_choice(name: str, value: object, choices: type[StrEnum]) -> Iterator[str]:
    """Yield a problem if a value is not a member of the enumeration."""
    if value not in list(choices):
        yield violation(name, value, " or ".join(choices))


TIMEOUT_SECONDS_ALLOWED: Final = (
    f"a whole number of seconds from {contract.TIMEOUT_SECONDS_MIN} ({contract.TIMEOUT_SECONDS_MIN // 60} minute) to "
    f"{contract.TIMEOUT_SECONDS_MAX} ({contract.TIMEOUT_SECONDS_MAX // 60} minutes)"
)


_HOUR: Final = 3600
WAIT_CHAIN_ALLOWED: Final = (
    f"from {contract.TIMEOUT_SECONDS_MIN // 60} minute to {contract.WAIT_CHAIN_SECONDS_MAX // _HOUR} hours, in whole "
    "seconds"
)


def check_wait_chain_seconds(name: str, value: float) -> Iterator[str]:
    """Yield a problem if the timeout of a wait chain, in seconds, is out of range."""
    if not contract.TIMEOUT_SECONDS_MIN <= value <= contract.WAIT_CHAIN_SECONDS_MAX or value != int(value):
        given = f"{value / _HOUR:g} hours" if value >= _HOUR else f"{value:g} seconds"
        yield f"{name} must be {WAIT_CHAIN_ALLOWED}, got {given}"


WAITED_SECONDS_ALLOWED: Final = f"a whole number of seconds from 0 to {contract.WAIT_CHAIN_SECONDS_MAX}"


TAGS_ALLOWED: Final = (
    f"at most {contract.TAGS_MAX} tags: a job can have {contract.SERVICE_TAGS_MAX}, "
    f"and the provider adds {contract.SERVICE_TAGS_MAX - contract.TAGS_MAX}"
)


def check_tags(name: str, tags: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield the problems with tags; https://docs.aws.amazon.com/personalize/latest/dg/tagging-resources.html."""
    tags = list(tags)
    if len(tags) > contract.TAGS_MAX:
        yield violation(name, len(tags), TAGS_ALLOWED)
    keys = [key for key, _ in tags]
    for key in sorted(key for key, count in Counter(keys).items() if count > 1):
        yield violation(name, key, "tags with different keys")
    for key, value in tags:
        yield from check_tag(name, key, value)


def check_tag(name: str, key: str, value: str) -> Iterator[str]:
    """Yield the problems with one tag."""
    is_reserved = key.lower().startswith(("aws:", contract.TAG_KEY_PREFIX))
    if not 1 <= len(key) <= contract.TAG_KEY_LENGTH_MAX or not _is_tag_text(key) or is_reserved:
        allowed = (
            f"1 to {contract.TAG_KEY_LENGTH_MAX} letters, digits, spaces and _.:/=+-@, not starting with 'aws:' or "
            f"'{contract.TAG_KEY_PREFIX}'"
        )
        yield violation(f"{name}: a key", key, allowed)
    if len(value) > contract.TAG_VALUE_LENGTH_MAX or not _is_tag_text(value):
        allowed = f"at most {contract.TAG_VALUE_LENGTH_MAX} letters, digits, spaces and _.:/=+-@"
        yield violation(f"{name}: the value of {shown(key)}", value, allowed)


def _is_tag_text(text: str) -> bool:
    import unicodedata  # few jobs have tags

    # The service's pattern is [\p{L}\p{Z}\p{N}_.:/=+\-@]*, and the re module has no \p.
    return all(character in "_.:/=+-@" or unicodedata.category(character)[0] in "LZN" for character in text)


FIRST_RESOURCE_ALLOWED: Final = (
    "{LogicalId, PhysicalId}: the logical id and the physical id (Ref) of the first resource of the wait chain"
)


def check_followers(name: str, followers: Iterable[tuple[str, str | None]]) -> Iterator[str]:
    """Yield a problem for each invalid resource in the list of followers."""
    for logical_id, job_name in followers:
        yield from LOGICAL_ID.check(f"{name}: LogicalId", logical_id)
        if job_name is not None:
            yield from JOB_NAME.check(f"{name}: JobName", job_name)


def check_known(
    names: Mapping[str, object], known: Iterable[str], resource_type: str = contract.RESOURCE_TYPE
) -> Iterator[str]:
    """Yield a problem for each unknown name; a misspelled optional property would otherwise be ignored silently."""
    allowed = sorted(known)
    for name in sorted(set(names) - set(allowed)):
        yield f"{shown(name)} is not a property of {resource_type}, which has {', '.join(allowed)}"
