"""Properties as they should not be, generated: valid ones, of which some are corrupted."""

from dataclasses import dataclass
from typing import Any, Final

from hypothesis import strategies as st

from personalize_import_handler import contract
from personalize_import_handler.contract import ResourceProperties
from tests.handler.support.malformed_files import BROKEN_FILES
from tests.handler.support.malformed_tags import BROKEN_TAGS, TAGS_OF_ANOTHER_SHAPE, TAGS_OF_ANOTHER_TYPE
from tests.handler.support.wellformed import REQUIRED, valid_properties

Values = st.SearchStrategy[Any]

_DATASET: Final = "arn:aws:personalize:eu-west-1:123456789012:dataset/shop/INTERACTIONS"
_SCHEMA: Final = "arn:aws:personalize:eu-west-1:123456789012:schema/interactions"
_JOB: Final = "arn:aws:personalize:eu-west-1:123456789012:dataset-import-job/nightly-0123456789ab-1"
_ROLE: Final = "arn:aws:iam::123456789012:role/import"
_BUCKET: Final = "s3://shop-data"

# A lone surrogate is half a character: JSON can hold it, UTF-8 can't.
_CONTROL: Final = "\0\t\n\r\x1b\x7f\ud800"
_FOREIGN: Final = _CONTROL + ' !"\\٣ä👻\u200b\u2028\u202e'
_NONSENSE: Final = st.sampled_from(
    [
        *("", " ", "[object Object]", '{"Ref": "Import"}', "\\" * 300, '"' * 300),
        *("${Token[TOKEN.123]}", "#{Token[TOKEN.5]}", "-1.8881545897087968e+289"),
        *("AWS::NoValue", "${AWS::Region}", "{{resolve:ssm:/shop/import}}"),
        *("s3:///", "s3://b", "s3://", "arn:aws:s3:::shop-data"),
        *("arn:aws:personalize:::", "arn:aws:personalize:eu-west-1:123456789012:"),
        "arn:aws:personalize:eu-west-1:123456789012:dataset-group/shop",
    ]
)
_NUMBERS: Final = st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False)
_SCALARS: Final = st.none() | st.booleans() | _NUMBERS
_STRUCTURES: Final = st.sampled_from([{"Ref": "Import"}, {"Fn::GetAtt": ["Import", "Arn"]}]) | st.recursive(
    st.lists(_SCALARS | st.text(max_size=40), max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=4,
)


@dataclass(frozen=True)
class Faults:
    """Invalid values of one property."""

    texts: Values
    structures: Values = _STRUCTURES
    scalars: Values = _SCALARS
    """Wrong as they are; as a string, which CloudFormation makes of them, some would be right."""

    def values(self, *, scalars_as_strings: bool) -> Values:
        among_strings = self.texts | self.structures
        return among_strings if scalars_as_strings else among_strings | self.scalars


@dataclass(frozen=True)
class Malformed:
    """Properties, and the names of those among them that were corrupted."""

    properties: dict[str, Any]
    corrupted: frozenset[str]
    unknown: frozenset[str]
    scalars_as_strings: bool


def _beginning_of(value: str) -> Values:
    return st.integers(0, len(value)).map(lambda length: value[:length])


def _with_one_of(foreign: str, value: str, *, until: int | None = None) -> Values:
    """Put a character into a value that may not be there, or up to a place in it."""
    places = range(len(value) + 1 if until is None else until + 1)
    return st.sampled_from([value[:at] + character + value[at:] for at in places for character in foreign])


def _longer_than(length_max: int, value: str) -> Values:
    return st.integers(1, 2000).map(lambda more: value + "X" * (length_max - len(value) + more))


def _arn_faults(value: str, *others: str) -> Faults:
    texts = _NONSENSE | st.sampled_from(others) | _beginning_of(value[: value.index("/") + 1])
    return Faults(texts | _with_one_of(_FOREIGN, value) | _longer_than(contract.ARN_LENGTH_MAX, value))


_BOOLEAN_FAULTS: Final = Faults(
    _NONSENSE
    | st.sampled_from(["yes", "no", "1", "0", "on", "tru", "truefalse", "null"])
    | _with_one_of(_FOREIGN, "true"),
    scalars=st.none() | _NUMBERS,
)
_NO_NUMBERS: Final = ["1e3", "-5", " 300 ", "300\n", "3_00", "1,000", "+300", "300.0", "0x12c", "٣٠٠", "9" * 40, "NaN"]
_OUT_OF_RANGE: Final = st.integers(-(10**12), contract.TIMEOUT_SECONDS_MIN - 1) | st.integers(
    contract.TIMEOUT_SECONDS_MAX + 1, 10**12
)
_TOO_LONG: Final = st.integers(-(10**12), -1) | st.integers(contract.WAIT_CHAIN_SECONDS_MAX + 1, 10**12)

_BROKEN_FOLLOWERS: Final[list[Any]] = [
    *({}, {"LogicalId": "Added"}, [[]], [{}], [None], ["Added"], [{"LogicalId": ["Added"]}], [{"Ref": "Added"}]),
    *([{"LogicalId": name}] for name in ("", "Added-Rows", "Add ed", "Add\u00e9d", "A\n", "A" * 256)),
    *([{"LogicalId": "Added", "JobName": name}] for name in ("", "-nightly", "nightly.job", "n" * 47)),
    [{"LogicalId": "Added", "JobName": []}],
    [{"LogicalId": "Added", "JobNames": "nightly"}],
    [{"LogicalId": "Added"}, {"JobName": "nightly"}],
]

_NO_LOGICAL_IDS: Final[list[Any]] = ["", "Im port", "Im\u00e9port", "I" * 256, []]
_BROKEN_FIRST_RESOURCES: Final[list[Any]] = [
    *({}, [], {"LogicalId": "Import"}, {"PhysicalId": "shop/Import"}, [{"LogicalId": "Import"}], {"Ref": "Import"}),
    *({"LogicalId": name, "PhysicalId": "shop/Import"} for name in _NO_LOGICAL_IDS),
    {"LogicalId": "Import", "PhysicalId": {"Ref": "Import"}},
    {"LogicalId": "Import", "PhysicalId": "shop/Import", "Name": "Import"},
]

FAULTS: Final[dict[str, Faults]] = {
    "DatasetArn": _arn_faults(_DATASET, _SCHEMA, _ROLE, _DATASET.lower(), _DATASET.upper()),
    "SchemaArn": _arn_faults(_SCHEMA, _DATASET, _ROLE, _SCHEMA.replace("eu-west-1", ""), _SCHEMA.upper()),
    "After": _arn_faults(_JOB, _DATASET, _ROLE, f"{_JOB}0000", _JOB.removesuffix("-1"), _JOB.upper()),
    "StackScope": Faults(
        st.sampled_from(["", "1shop", "shop/", "/Imports", "shop/Imports/More", "shop/Im_ports", _DATASET])
        | _with_one_of(_FOREIGN, "shop/Imports")
        | _longer_than(contract.STACK_SCOPE_LENGTH_MAX, "shop/Imports")
    ),
    "RoleArn": _arn_faults(_ROLE, _DATASET, _ROLE.replace("role", "user"), _ROLE.replace("1234", ""), _ROLE.upper()),
    "DataLocation": Faults(
        _NONSENSE
        | st.sampled_from([_DATASET, _BUCKET.upper() + "/", "https://shop-data/a.csv", "s3:/shop-data/", "shop-data/"])
        | _beginning_of(_BUCKET)
        | _with_one_of(_FOREIGN, f"{_BUCKET}/a.csv", until=len(_BUCKET))
        | _with_one_of(_CONTROL, f"{_BUCKET}/a.csv")
        | _longer_than(contract.DATA_LOCATION_LENGTH_MAX, f"{_BUCKET}/")
    ),
    "DataFiles": Faults(_NONSENSE, _STRUCTURES | BROKEN_FILES),
    "FollowedBy": Faults(_NONSENSE, st.sampled_from(_BROKEN_FOLLOWERS)),
    "JobName": Faults(
        _NONSENSE
        | st.sampled_from(["-nightly", "_nightly", "nightly.job", _DATASET])
        | _with_one_of(_FOREIGN, "nightly")
        | _longer_than(contract.JOB_NAME_LENGTH_MAX, "nightly")
    ),
    "ImportMode": Faults(
        _NONSENSE
        | st.sampled_from(["full", "Full", "incremental", "FULL,INCREMENTAL"])
        | _beginning_of("INCREMENTA")
        | _with_one_of(_FOREIGN, "FULL")
        | _longer_than(len("INCREMENTAL"), "FULL")
    ),
    "PublishAttributionMetricsToS3": _BOOLEAN_FAULTS,
    "Tags": Faults(BROKEN_TAGS | _NONSENSE, TAGS_OF_ANOTHER_SHAPE, TAGS_OF_ANOTHER_TYPE | _SCALARS),
    # Any text will do that isn't empty.
    "ReimportToken": Faults(
        st.just("") | _with_one_of("\ud800\udfff", "2024-05") | _longer_than(contract.REIMPORT_TOKEN_LENGTH_MAX, "1")
    ),
    "Reimport": Faults(
        st.sampled_from(["", "when_data_changes", "WHEN_DATA_CHANGES ", "ALWAYS", "None"]), scalars=_SCALARS
    ),
    "DataAsOf": Faults(_with_one_of("\ud800\udfff", "2024-05") | _longer_than(contract.DATA_AS_OF_LENGTH_MAX, "1")),
    "Preflight": _BOOLEAN_FAULTS,
    "TagFingerprint": _BOOLEAN_FAULTS,
    "PublishStateChanges": _BOOLEAN_FAULTS,
    "TimeoutSeconds": Faults(
        _NONSENSE | st.sampled_from(_NO_NUMBERS) | _OUT_OF_RANGE.map(str) | _with_one_of(_FOREIGN, "300"),
        scalars=st.none() | st.booleans() | _OUT_OF_RANGE | st.floats(max_value=59.5, allow_infinity=False),
    ),
    "Wait": _BOOLEAN_FAULTS,
    "HandsOver": _BOOLEAN_FAULTS,
    "WaitedSeconds": Faults(
        _NONSENSE | st.sampled_from(_NO_NUMBERS) | _TOO_LONG.map(str) | _with_one_of(_FOREIGN, "300"),
        scalars=st.none() | st.booleans() | _TOO_LONG | st.floats(max_value=-0.5, allow_infinity=False),
    ),
    "LastStatus": Faults(
        st.sampled_from(["", "active", "Active", " ACTIVE", "CREATE-PENDING", "ACTIVE1", _JOB])
        | _with_one_of(_CONTROL, "ACTIVE")
        | _longer_than(contract.STATUS_LENGTH_MAX, "ACTIVE")
    ),
    "FirstResource": Faults(_NONSENSE, st.sampled_from(_BROKEN_FIRST_RESOURCES)),
    "DatasetImportJobArn": _arn_faults(_JOB, _DATASET, _ROLE, f"{_JOB}0000", _JOB.removesuffix("-1"), _JOB.upper()),
}


# Made once, for it takes longer to make a strategy than to draw from it.
_VALUES: Final = {
    (name, scalars_as_strings): faults.values(scalars_as_strings=scalars_as_strings)
    for name, faults in FAULTS.items()
    for scalars_as_strings in (False, True)
}
_ANYTHING: Final = _NONSENSE | _SCALARS | _STRUCTURES
_SENT: Final = valid_properties()


def _mistyped(name: str) -> list[str]:
    wrong_case = [name.lower(), name.upper(), name.swapcase(), name[0].lower() + name[1:]]
    return [*wrong_case, f"{name}s", name[:-1], f" {name}", f"{name}\n", f"{name[0]}\u200b{name[1:]}"]


_KNOWN: Final = sorted(ResourceProperties.__annotations__)
_UNKNOWN_NAMES: Final = (
    st.sampled_from([mistyped for name in _KNOWN for mistyped in _mistyped(name)])
    | st.text(max_size=30)
    | st.text(min_size=250, max_size=300)
).filter(lambda name: name not in _KNOWN)


@st.composite
def malformed_properties(draw: st.DrawFn) -> Malformed:
    """Make one or several of the properties invalid."""
    scalars_as_strings = draw(st.booleans())
    sent = dict(draw(_SENT))
    most = draw(st.sampled_from([1, 1, 2, 4, len(FAULTS)]))
    corrupted = draw(st.lists(st.sampled_from(sorted(FAULTS)), unique=True, max_size=most))
    unknown = draw(st.lists(_UNKNOWN_NAMES, unique=True, min_size=0 if corrupted else 1, max_size=min(most, 3)))
    for name in corrupted:
        if name in REQUIRED and draw(st.integers(0, 5)) == 0:
            del sent[name]
        else:
            sent[name] = draw(_VALUES[name, scalars_as_strings])
    sent |= {name: draw(_ANYTHING) for name in unknown}
    return Malformed(sent, frozenset(corrupted), frozenset(unknown), scalars_as_strings)
