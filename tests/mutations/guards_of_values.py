"""Guards of single values."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_rule: Final = partial(Patch, "contract/constraints.py", "handler/contract/test_properties.py")
_malformed: Final = partial(Patch, "contract/constraints.py", "handler/contract/test_malformed_properties.py")
_type: Final = partial(Patch, "contract/value_types.py", "handler/contract/test_properties.py")
_IS_WITHIN: Final = "if not self.lowest <= seconds <= self.highest:"
_IS_TEXT: Final = (
    "if not isinstance(value, str) or len(value) > self.length_max or not re.fullmatch(self.pattern, value):"
)
_IS_KEY: Final = "if not 1 <= len(key) <= contract.TAG_KEY_LENGTH_MAX or not _is_tag_text(key) or is_reserved:"
_IS_RESERVED: Final = 'key.lower().startswith(("aws:", contract.TAG_KEY_PREFIX))'
_NAME: Final = r'NAME_PATTERN: Final = r"[a-zA-Z0-9][a-zA-Z0-9\-_]*"'

GUARDS: Final = (
    # In `checks`
    _malformed(
        "a text is a string",
        _IS_TEXT,
        _IS_TEXT.replace("not isinstance(value, str) or ", "")
        .replace("len(value)", "len(str(value))")
        .replace("self.pattern, value", "self.pattern, str(value)"),
    ),
    _rule("a text has the shape from its head to its end", _IS_TEXT, _IS_TEXT.replace("fullmatch", "match")),
    _rule("a text has a bounded length", _IS_TEXT, _IS_TEXT.replace("len(value) > self.length_max or ", "")),
    _rule("a text may have that length", _IS_TEXT, _IS_TEXT.replace("> self", ">= self")),
    _rule(
        "a job's name begins with a letter or digit",
        _NAME,
        r'NAME_PATTERN: Final = r"[a-zA-Z0-9\-_]+"',
    ),
    _rule(
        "a job's name has letters, digits, hyphens and underscores",
        _NAME,
        r'NAME_PATTERN: Final = r"[a-zA-Z0-9][\w\-]*"',
    ),
    _rule("a dataset's ARN is a dataset's", ":dataset/{NAME", ":[a-z-]+/{NAME"),
    _rule("a dataset's ARN ends with its type", '}/[A-Z_]+"', '}(/[A-Z_]+)?"'),
    _rule(
        "a dataset's ARN has an account of ASCII digits",
        '_ARN: Final = r"arn:[a-z0-9-]+:personalize:[a-z0-9-]+:[0-9]{12}"',
        r'_ARN: Final = r"arn:[a-z0-9-]+:personalize:[a-z0-9-]+:\d{12}"',
    ),
    _rule("a schema's ARN is a schema's", ":schema/{NAME", ":[a-z-]+/{NAME"),
    _rule(
        "a job's ARN is one that the handler made: the attempt is read from it",
        '}-{JOB_DIGEST_PATTERN}-{ATTEMPT_PATTERN}"',
        '}"',
    ),
    _rule("an attempt has three digits at most", "(?:[1-9][0-9]{0,2}|", "(?:[1-9][0-9]*|"),
    _rule("an attempt is not 0", "(?:[1-9][0-9]{0,2}|", "(?:[0-9]{1,3}|"),
    _rule("a role's ARN is a role's", ":role/[a-zA-Z_0-9", ":[a-z]+/[a-zA-Z_0-9"),
    _rule("a role's account has twelve digits", ":iam::[0-9]{12}:", ":iam::[0-9]*:"),
    _rule("a location is in S3", 'rf"s3://[a-z', 'rf"[a-z0-9]+://[a-z'),
    _rule("a location has a slash behind its bucket", "[a-z0-9]/{PLAIN_FILES}", "[a-z0-9]/?{PLAIN_FILES}"),
    _rule("a bucket has the name of a bucket", r"[a-z0-9][a-z0-9.\-]{{1,61}}[a-z0-9]/", r"[a-z0-9.\-]+/"),
    _rule("a location has no wildcard", r"(?!(?:[^/]*/)*[^/*]*\*[^/]*$)", ""),
    _rule("a location is no compressed file", "(?!.*{_COMPRESSED}$)", ""),
    _rule("a key has no control characters", r"[^\x00-\x1f\x7f\ud800-\udfff]*", r"[^\ud800-\udfff]*"),
    _malformed("a key has no half characters", r"\x7f\ud800-\udfff]*", r"\x7f]*"),
    _malformed("a token has no half characters", r'r"[^\ud800-\udfff]+"', r'r"[\s\S]+"'),
    _rule("a token may have lines", r'r"[^\ud800-\udfff]+"', r'r".+"'),
    _rule(
        "an import mode is one of the service's",
        "if value not in list(choices):",
        "if str(value).upper() not in list(choices):",
    ),
    _type("a timeout is a minute at least", _IS_WITHIN, "if not 0 <= seconds <= self.highest:"),
    _type("a timeout is 55 minutes at most", _IS_WITHIN, "if not self.lowest <= seconds:"),
    _type("a timeout may be its bounds", _IS_WITHIN, "if not self.lowest < seconds < self.highest:"),
    _rule("there are 50 tags at most", "if len(tags) > contract.TAGS_MAX:", "if len(tags) > contract.TAGS_MAX + 1:"),
    _rule("there may be 50 tags", "if len(tags) > contract.TAGS_MAX:", "if len(tags) >= contract.TAGS_MAX:"),
    _rule("tags have different keys", "if count > 1):", "if count > 2):"),
    _rule("a tag's key is not empty", _IS_KEY, _IS_KEY.replace("not 1 <= len", "not 0 <= len")),
    _rule(
        "a tag's key has a bounded length",
        _IS_KEY,
        _IS_KEY.replace("not 1 <= len(key) <= contract.TAG_KEY_LENGTH_MAX", "not key"),
    ),
    _rule("a tag's key has certain characters", _IS_KEY, _IS_KEY.replace("or not _is_tag_text(key) ", "")),
    _rule("a tag's key doesn't begin with aws:", _IS_RESERVED, _IS_RESERVED.replace('"aws:", ', "")),
    _rule(
        "a tag's key doesn't begin as those of the provider",
        _IS_RESERVED,
        _IS_RESERVED.replace(", contract.TAG_KEY_PREFIX", ""),
    ),
    _rule("capitals make no other key of aws:", _IS_RESERVED, _IS_RESERVED.replace(".lower()", "")),
    _rule("a tag's value has a bounded length", "if len(value) > contract.TAG_VALUE_LENGTH_MAX or not", "if not"),
    _rule("a tag's value has certain characters", " or not _is_tag_text(value):", ":"),
    _rule("tags may have letters, separators and numbers of any script", 'in "LZN" for', 'in "Z" for'),
    _rule(
        "a name that is not known is reported: a misspelt one would be ignored",
        "for name in sorted(set(names) - set(allowed)):",
        "for name in []:",
    ),
    _rule(
        "a long value is cut, so that the others fit into the response",
        "return text if len(text) <= _SHOWN_LENGTH_MAX else",
        "return text if text else",
    ),
)
