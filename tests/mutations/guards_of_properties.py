"""What properties may be, and what is said to who sends something else."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_read: Final = partial(Patch, "properties.py", "handler/test_properties.py")
_told: Final = partial(Patch, "properties.py", "handler/test_malformed_properties.py")
_rule: Final = partial(Patch, "checks.py", "handler/test_properties.py")
_spoilt: Final = partial(Patch, "checks.py", "handler/test_malformed_properties.py")
_attempts: Final = partial(Patch, "contract.py", "handler/test_adoption.py")
_limit: Final = partial(Patch, "contract.py", "handler/test_properties.py")

_IS_TEXT: Final = "if not isinstance(value, str) or not self.pattern.fullmatch(value) or len(value) > self.length_max:"
_IS_TAG: Final = (
    'isinstance(tag, dict) and set(tag) == {"Key", "Value"} and all(isinstance(v, str) for v in tag.values())'
)
_IS_NUMBER: Final = 'if not re.fullmatch(r"[0-9]{1,9}", str(value)):'
_IS_KEY: Final = (
    'if not 1 <= len(key) <= contract.TAG_KEY_LENGTH_MAX or not _is_tag_text(key) or key.lower().startswith("aws:"):'
)
_LABEL: Final = "[a-zA-Z0-9][a-zA-Z0-9\\-_]*"

GUARDS: Final = (
    # In `checks`
    _spoilt(
        "a text is a string",
        _IS_TEXT,
        _IS_TEXT.replace(
            "not isinstance(value, str) or not self.pattern.fullmatch(value)", "not self.pattern.fullmatch(str(value))"
        ).replace("len(value)", "len(str(value))"),
    ),
    _rule("a text has the shape from its head to its end", _IS_TEXT, _IS_TEXT.replace("fullmatch", "match")),
    _rule("a text has a bounded length", _IS_TEXT, _IS_TEXT.replace(" or len(value) > self.length_max", "")),
    _rule("a text may have that length", _IS_TEXT, _IS_TEXT.replace("> self", ">= self")),
    _rule(
        "a job's name begins with a letter or digit",
        f'    re.compile(r"{_LABEL}", re.ASCII),',
        r'    re.compile(r"[a-zA-Z0-9\-_]+", re.ASCII),',
    ),
    _rule(
        "a job's name has letters, digits, hyphens and underscores",
        f'    re.compile(r"{_LABEL}", re.ASCII),',
        r'    re.compile(r"[a-zA-Z0-9][\w\-]*"),',
    ),
    _rule("a dataset's ARN is not a dataset group's", ":dataset/[a-zA-Z0-9]", ":dataset[a-z-]*/[a-zA-Z0-9]"),
    _rule("a dataset's ARN ends with its type", '*/[A-Z_]+"', '*(/[A-Z_]+)?"'),
    _rule(
        "a dataset's ARN has an account of ASCII digits",
        r'[0-9]{12}:dataset/[a-zA-Z0-9][a-zA-Z0-9\-_]*/[A-Z_]+", re.ASCII),',
        r'\d{12}:dataset/[a-zA-Z0-9][a-zA-Z0-9\-_]*/[A-Z_]+"),',
    ),
    _rule("a schema's ARN is a schema's", ":schema/[a-zA-Z0-9]", ":[a-z-]+/[a-zA-Z0-9]"),
    _rule(
        "a job's ARN is one that the handler made: the attempt is read from it", '*-[0-9a-f]{12}-[1-9][0-9]{0,2}"', '*"'
    ),
    _rule("an attempt has three digits at most", '-[1-9][0-9]{0,2}"', '-[1-9][0-9]*"'),
    _rule("an attempt is not 0", '-[1-9][0-9]{0,2}"', '-[0-9]{1,3}"'),
    _rule("a role's ARN is a role's", ":role/[a-zA-Z_0-9", ":[a-z]+/[a-zA-Z_0-9"),
    _rule("a role's account has twelve digits", ":iam::[0-9]{12}:", ":iam::[0-9]*:"),
    _rule("a location is in S3", 're.compile(r"s3://', 're.compile(r"[a-z0-9]+://'),
    _rule("a location has a slash behind its bucket", r"[a-z0-9]/[^\x00", r"[a-z0-9]/?[^\x00"),
    _rule("a bucket has the name of a bucket", r"[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9]/", r"[a-z0-9.\-]+/"),
    _rule("a key has no control characters", r"[^\x00-\x1f\x7f\ud800-\udfff]*", r"[^\ud800-\udfff]*"),
    _spoilt("a key has no half characters", r"\x7f\ud800-\udfff]*", r"\x7f]*"),
    _spoilt("a token has no half characters", r'r"[^\ud800-\udfff]+"', r'r"[\s\S]+"'),
    _rule("a token may have lines", r'r"[^\ud800-\udfff]+"', r'r".+"'),
    _rule(
        "an import mode is one of the service's",
        "if value not in list(ImportMode):",
        "if str(value).upper() not in list(ImportMode):",
    ),
    _rule(
        "a timeout is a minute at least",
        "if not contract.TIMEOUT_SECONDS_MIN <= value <= contract.TIMEOUT_SECONDS_MAX:",
        "if not 0 <= value <= contract.TIMEOUT_SECONDS_MAX:",
    ),
    _rule(
        "a timeout is 55 minutes at most",
        "if not contract.TIMEOUT_SECONDS_MIN <= value <= contract.TIMEOUT_SECONDS_MAX:",
        "if not contract.TIMEOUT_SECONDS_MIN <= value:",
    ),
    _rule(
        "a timeout may be its bounds",
        "if not contract.TIMEOUT_SECONDS_MIN <= value <= contract.TIMEOUT_SECONDS_MAX:",
        "if not contract.TIMEOUT_SECONDS_MIN < value < contract.TIMEOUT_SECONDS_MAX:",
    ),
    _rule(
        "the time waited before has a bound", "if not 0 <= value <= contract.RELAY_SECONDS_MAX:", "if not 0 <= value:"
    ),
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
    _rule("a tag's key doesn't begin with aws:", _IS_KEY, _IS_KEY.replace(' or key.lower().startswith("aws:")', "")),
    _rule("capitals make no other key of aws:", _IS_KEY, _IS_KEY.replace(".lower()", "")),
    _rule("a tag's value has a bounded length", "if len(value) > contract.TAG_VALUE_LENGTH_MAX or not", "if not"),
    _rule("a tag's value has certain characters", " or not _is_tag_text(value):", ":"),
    _rule("tags may have letters, separators and numbers of any script", 'in "LZN" for', 'in "Z" for'),
    _rule(
        "a name that is not known is told: a misspelt one would be ignored",
        "for name in sorted(set(names) - set(allowed)):",
        "for name in []:",
    ),
    _rule(
        "a long value is cut, so that the answer has room for the others",
        "return text if len(text) <= _SHOWN_LENGTH_MAX else",
        "return text if text else",
    ),
    # In `properties`
    _read(
        "unknown names are looked for",
        'read.note_first("Unknown properties", checks.check_known(properties, ResourceProperties.__annotations__))',
        "pass",
    ),
    _read("what is wrong is told", "if read.problems:", "if False:"),
    _read(
        "a property that is needed is told when it is missing",
        "if name in ResourceProperties.__required_keys__:",
        "if False:",
    ),
    _read(
        "a property that isn't needed may be missing", "if name in ResourceProperties.__required_keys__:", "if True:"
    ),
    _read("a property that is there is checked", "self.problems.extend(rule.check(name, value))", "pass"),
    _read(
        "a mode that is wrong is told",
        "problems = list(checks.check_import_mode(name, value))\n        self.problems.extend(problems)",
        "problems = list(checks.check_import_mode(name, value))",
    ),
    _read(
        "a boolean may be a string: CloudFormation makes it one",
        "value if isinstance(value, bool) else _BOOLEANS.get(str(value).lower())",
        "value if isinstance(value, bool) else None",
    ),
    _read(
        "a boolean is true or false and nothing else",
        '            self.problems.append(violation(name, value, "true or false"))\n',
        "",
    ),
    _read("a boolean may have capitals", "_BOOLEANS.get(str(value).lower())", "_BOOLEANS.get(str(value))"),
    _read("a number has digits alone", _IS_NUMBER, _IS_NUMBER.replace("fullmatch", "match")),
    _read("a number has ASCII digits", _IS_NUMBER, _IS_NUMBER.replace("[0-9]", r"\d")),
    _read("a number of any length is no defect", _IS_NUMBER, _IS_NUMBER.replace("{1,9}", "+")),
    _read("a number is within its bounds", "self.problems.extend(check(name, seconds))", "pass"),
    _read("tags are a list", "if not isinstance(value, list) or not all(", "if not all("),
    _read("each tag is one", " or not all(_is_tag(tag) for tag in value):", ":"),
    _read("tags are checked", "self.note_first(name, checks.check_tags(name, tags))", "pass"),
    _read("a tag is a mapping", _IS_TAG, _IS_TAG.replace("isinstance(tag, dict) and ", "")),
    _read("a tag has a key and a value, and nothing else", _IS_TAG, _IS_TAG.replace("set(tag) ==", "set(tag) >=")),
    _read(
        "a tag's key and value are strings",
        _IS_TAG,
        _IS_TAG.replace(" and all(isinstance(v, str) for v in tag.values())", ""),
    ),
    _told(
        "of hundreds of mistakes some are told",
        "self.problems.extend(problems[:_PROBLEMS_OF_A_KIND_MAX])",
        "self.problems.extend(problems)",
    ),
    _told(
        "of hundreds of mistakes the reader learns how many", "if len(problems) > _PROBLEMS_OF_A_KIND_MAX:", "if False:"
    ),
    _told("all problems fit into the answer", "_MESSAGE_BYTES_MAX: Final = 2800", "_MESSAGE_BYTES_MAX: Final = 28000"),
    _told(
        "all problems fit into the answer, in bytes",
        "return len(json.dumps(text, ensure_ascii=False).encode())",
        "return len(text)",
    ),
    _told("a cut of problems is short enough", "return cut_to(max(0, too_long - 1))", "return cut_to(too_long + 100)"),
    # In `contract`
    _limit(
        "a resource waits for five minutes less than CloudFormation",
        "TIMEOUT_SECONDS_MAX: Final = 55 * 60",
        "TIMEOUT_SECONDS_MAX: Final = 60 * 60",
    ),
    _limit(
        "a timeout is a minute at least, by the contract",
        "TIMEOUT_SECONDS_MIN: Final = 60",
        "TIMEOUT_SECONDS_MIN: Final = 30",
    ),
    _limit("a name has room for a suffix with three digits", 'len("-0123456789ab-999")', 'len("-0123456789ab")'),
    _limit("an ARN has the service's length", "ARN_LENGTH_MAX: Final = 256", "ARN_LENGTH_MAX: Final = 512"),
    _limit(
        "a location has the service's length",
        "DATA_LOCATION_LENGTH_MAX: Final = 256",
        "DATA_LOCATION_LENGTH_MAX: Final = 512",
    ),
    _limit(
        "a token has a bounded length",
        "REIMPORT_TOKEN_LENGTH_MAX: Final = 256",
        "REIMPORT_TOKEN_LENGTH_MAX: Final = 512",
    ),
    _limit("there are as many tags as the service takes", "TAGS_MAX: Final = 50", "TAGS_MAX: Final = 60"),
    _limit(
        "a tag's key has the service's length", "TAG_KEY_LENGTH_MAX: Final = 128", "TAG_KEY_LENGTH_MAX: Final = 256"
    ),
    _limit(
        "a tag's value has the service's length",
        "TAG_VALUE_LENGTH_MAX: Final = 256",
        "TAG_VALUE_LENGTH_MAX: Final = 512",
    ),
    _limit(
        "a relay waits for a bounded time",
        "RELAY_SECONDS_MAX: Final = 36 * 3600",
        "RELAY_SECONDS_MAX: Final = 360 * 3600",
    ),
    _attempts("there is a bounded number of attempts", "ATTEMPTS_MAX: Final = 999", "ATTEMPTS_MAX: Final = 9999"),
)
