"""Files as they should not be, generated: lists in which something is wrong."""

from typing import Any, Final

from hypothesis import strategies as st

from personalize_import_handler import contract
from tests.handler.support.properties import asset_properties

_GOOD: Final = asset_properties("users.csv")["DataFiles"][0]
_NAMES: Final = st.sampled_from(
    [
        *("", ".csv", "users", "users.CSV", "users.csv\n", "a/users.csv", "../users.csv", ".users.csv", "-users.csv"),
        *("us ers.csv", "us\0ers.csv", "us*ers.csv", "\u00fcsers.csv", "us\u0663ers.csv", "\U0001f47b.csv"),
        "x" * contract.DATA_FILE_NAME_LENGTH_MAX + ".csv",
    ]
)
_SOURCES: Final = st.sampled_from(
    [
        *(
            "",
            "users.csv",
            "s3://",
            "s3://b/users.csv",
            "s3://Bucket/users.csv",
            "s3://some-bucket",
            "s3://some-bucket/",
        ),
        *(
            "s3://some-bucket/folder/",
            "https://some-bucket/users.csv",
            "s3://some-bucket/a\n.csv",
            "s3://some-bucket/\ud800",
        ),
        "s3://some-bucket/" + "x" * contract.OBJECT_LENGTH_MAX,
    ]
)


def _with(file: Any) -> list[Any]:
    return [_GOOD, file]


BROKEN_FILES: Final[st.SearchStrategy[Any]] = st.one_of(
    st.just([]),
    st.just([_GOOD] * 2),
    st.integers(contract.DATA_FILES_MAX + 1, 300).map(
        lambda count: asset_properties(*(f"{number}.csv" for number in range(count)))["DataFiles"]
    ),
    _NAMES.map(lambda name: _with({**_GOOD, "Name": name})),
    _SOURCES.map(lambda source: _with({"Name": "others.csv", "Source": source})),
    st.sampled_from(
        [
            {"Name": "others.csv"},
            {"Source": _GOOD["Source"]},
            {**_GOOD, "Name": "others.csv", "Content": "1"},
            {**_GOOD, "Name": ["others.csv"]},
            {"Name": "others.csv", "Source": None},
            "s3://some-bucket/others.csv",
            None,
            [],
        ]
    ).map(_with),
)
