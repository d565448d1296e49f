"""How properties are read, what is said of them all, and the limits."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_read: Final = partial(Patch, "contract/properties.py", "handler/test_properties.py")
_told: Final = partial(Patch, "contract/properties.py", "handler/test_malformed_properties.py")
_attempts: Final = partial(Patch, "contract/__init__.py", "handler/test_adoption.py")
_limit: Final = partial(Patch, "contract/__init__.py", "handler/test_properties.py")
_IS_TAG: Final = (
    "isinstance(value, dict) and set(value) == {*names} and all(isinstance(v, str) for v in value.values())"
)
_IS_NUMBER: Final = 'if not re.fullmatch(r"[0-9]{1,9}", str(value)):'

GUARDS: Final = (
    # In `properties`
    _read(
        "unknown names are looked for",
        'read.note_first("Unknown properties", constraints.check_known(',
        'print("Unknown properties", constraints.check_known(',
    ),
    _read(
        "the import to run after is read", '        after=read.text("After", constraints.DATASET_IMPORT_JOB_ARN),\n', ""
    ),
    _read(
        "the scope of a nested stack is read",
        '        stack_scope=read.text("StackScope", constraints.STACK_SCOPE),\n',
        "",
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
        "problems = list(constraints.check_import_mode(name, value))\n        self.problems.extend(problems)",
        "problems = list(constraints.check_import_mode(name, value))",
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
    _read(
        "tags are a list", "if not isinstance(value, list) or not all(_has_strings(tag", "if not all(_has_strings(tag"
    ),
    _read("each tag is one", ' or not all(_has_strings(tag, "Key", "Value") for tag in value):', ":"),
    _read("tags are checked", "self.note_first(name, constraints.check_tags(name, tags))", "pass"),
    _read("a tag is a mapping", _IS_TAG, _IS_TAG.replace("isinstance(value, dict) and ", "")),
    _read("a tag has a key and a value, and nothing else", _IS_TAG, _IS_TAG.replace("set(value) ==", "set(value) >=")),
    _read(
        "a tag's key and value are strings",
        _IS_TAG,
        _IS_TAG.replace(" and all(isinstance(v, str) for v in value.values())", ""),
    ),
    _told(
        "followers are a list of a known shape",
        '        if not isinstance(value, list) or not all(\n            _has_strings(each, "LogicalId") or',
        '        if not all(\n            _has_strings(each, "LogicalId") or',
    ),
    Patch(
        "contract/properties.py",
        "handler/test_properties.py",
        "a follower has a logical id",
        '_has_strings(each, "LogicalId") or _has_strings(each, "LogicalId", "JobName") for',
        "isinstance(each, dict) for",
    ),
    _told("followers are checked", "self.note_first(name, constraints.check_followers(name, followers))", "pass"),
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
    # In `first_resource`
    _read(
        "a wait chain names its first resource",
        'if job_arn is not None and not any(constraints.DATASET_IMPORT_JOB_ARN.check("", job_arn)):',
        "if False:",
    ),
    _read(
        "a first resource has two ids",
        'if not isinstance(value, dict) or not _has_strings(value, "LogicalId", "PhysicalId"):',
        'if not isinstance(value, dict) or not {*value} >= {"LogicalId", "PhysicalId"}:',
    ),
    _read(
        "a first resource has the logical id of a resource",
        '        self.problems.extend(constraints.LOGICAL_ID.check(f"{name}: LogicalId", value["LogicalId"]))\n',
        "",
    ),
    _read(
        "a job that is named wrongly is one problem",
        ' and not any(constraints.DATASET_IMPORT_JOB_ARN.check("", job_arn)):',
        ":",
    ),
)
