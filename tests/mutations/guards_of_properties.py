"""Guards of parsing properties, of messages about several of them, and of limits."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_read: Final = partial(Patch, "contract/properties.py", "handler/contract/test_properties.py")
_message: Final = partial(Patch, "contract/properties.py", "handler/contract/test_malformed_properties.py")
_attempts: Final = partial(Patch, "contract/__init__.py", "handler/job/test_attempts.py")
_limit: Final = partial(Patch, "contract/__init__.py", "handler/contract/test_properties.py")
_type: Final = partial(Patch, "contract/value_types.py", "handler/contract/test_properties.py")
_row: Final = partial(Patch, "contract/property_table.py", "handler/contract/test_properties.py")
_IS_NUMBER: Final = 'if re.fullmatch(r"[0-9]{1,9}", str(value)) else -1'
_SHAPE: Final = "self.rules.keys() - {self.optional} <= value.keys() <= self.rules.keys()"
_IS_LIST: Final = "if not isinstance(value, list) or not all(map(self.members.match, value)):"

GUARDS: Final = (
    # In `properties`
    _read("unknown names are looked for", '[*_first_of("Unknown properties", unknown)]', "[]"),
    _row("the import to run after is read", '        field="after",\n', ""),
    _row("the scope of a nested stack is read", '        field="stack_scope",\n', ""),
    _read("problems are reported", "    if problems:\n        raise", "    if False:\n        raise"),
    _read(
        "a property that is needed is reported when it is missing",
        "elif each.required and isinstance(each.type, Text) and each.is_checked:",
        "elif False:",
    ),
    _read(
        "a property that isn't needed may be missing",
        "elif each.required and isinstance(each.type, Text) and each.is_checked:",
        "elif isinstance(each.type, Text) and each.is_checked:",
    ),
    _read("a property that is there is checked", "problems += _first_of(each.name, found)", "pass"),
    # In `value_types`
    _type(
        "a text is checked",
        "        problems += self.rule.check(name, value)\n        return str",
        "        return str",
    ),
    _type("a choice that is wrong is reported", "        problems += found\n", ""),
    _type(
        "a boolean may be a string: CloudFormation makes it one",
        "value if isinstance(value, bool) else _BOOLEANS.get(str(value).lower())",
        "value if isinstance(value, bool) else None",
    ),
    _type(
        "a boolean is true or false and nothing else",
        '            problems.append(violation(name, value, "true or false"))\n',
        "            pass\n",
    ),
    _type("a boolean may have capitals", "_BOOLEANS.get(str(value).lower())", "_BOOLEANS.get(str(value))"),
    _type("a number has digits alone", _IS_NUMBER, _IS_NUMBER.replace("fullmatch", "match")),
    _type("a number has ASCII digits", _IS_NUMBER, _IS_NUMBER.replace("[0-9]", r"\d")),
    _type("a number of any length is no defect", _IS_NUMBER, _IS_NUMBER.replace("{1,9}", "+")),
    _type("a number is within its bounds", "if not self.lowest <= seconds <= self.highest:", "if seconds < 0:"),
    _type("tags, files and followers are lists", _IS_LIST, "if not all(map(self.members.match, value)):"),
    _type("each tag, file and follower is an object of a known shape", _IS_LIST, "if not isinstance(value, list):"),
    _type("tags, files and followers are checked", "        problems += self.check(name, items)\n", ""),
    _type(
        "a tag is a mapping",
        "            isinstance(value, dict)\n            and",
        "            True\n            and",
    ),
    _type(
        "a tag has a key and a value, and nothing else", _SHAPE, "self.rules.keys() - {self.optional} <= value.keys()"
    ),
    _type(
        "a tag's key and value are strings",
        "            and all(isinstance(member, str) for member in value.values())\n",
        "",
    ),
    _type("a follower has a logical id", _SHAPE, "value.keys() <= self.rules.keys()"),
    _message(
        "of hundreds of mistakes some are reported",
        "yield from problems[:_PROBLEMS_PER_KIND_MAX]",
        "yield from problems",
    ),
    _message(
        "of hundreds of mistakes the reader learns how many", "if len(problems) > _PROBLEMS_PER_KIND_MAX:", "if False:"
    ),
    _message(
        "all problems fit into the response", "_MESSAGE_BYTES_MAX: Final = 2800", "_MESSAGE_BYTES_MAX: Final = 28000"
    ),
    _message(
        "all problems fit into the response, in bytes",
        "return len(json.dumps(text, ensure_ascii=False).encode())",
        "return len(text)",
    ),
    _message(
        "a cut of problems is short enough", "return cut_to(max(0, too_long - 1))", "return cut_to(too_long + 100)"
    ),
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
    _limit("a name has room for a suffix with three digits", 'len("-0123456789ab-zzz")', 'len("-0123456789ab")'),
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
        "a wait chain waits for a bounded time",
        "WAIT_CHAIN_SECONDS_MAX: Final = 36 * 3600",
        "WAIT_CHAIN_SECONDS_MAX: Final = 360 * 3600",
    ),
    _attempts("there is a bounded number of attempts", "ATTEMPTS_MAX: Final = 34_695", "ATTEMPTS_MAX: Final = 34_696"),
    # In `properties._problems_of_first_resource`
    _read(
        "a wait chain names its first resource",
        "    problems += _problems_of_first_resource(fields)\n",
        "",
    ),
    _type(
        "a first resource has two ids",
        "        if not isinstance(value, dict) or not self.match(value):",
        "        if not isinstance(value, dict) or not {*value} >= {*self.rules}:",
    ),
    _type(
        "a first resource has the logical id of a resource",
        '                problems += rule.check(f"{name}: {member}", value[member])\n',
        "                pass\n",
    ),
    _read(
        "a job that is named wrongly is one problem",
        ' and not any(constraints.DATASET_IMPORT_JOB_ARN.check("", arn)):',
        ":",
    ),
)
