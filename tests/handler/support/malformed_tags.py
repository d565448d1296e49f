"""Tags as they should not be, generated."""

from typing import Any, Final

from hypothesis import strategies as st

from personalize_import_handler import contract
from tests.handler.support.wellformed import VALID_TAGS


def _tag(key: Any, value: Any = "") -> dict[str, Any]:
    return {"Key": key, "Value": value}


def _too_many(count: int) -> list[dict[str, Any]]:
    return [_tag(f"key-{number}") for number in range(count)]


def _with(bad: Any) -> st.SearchStrategy[list[Any]]:
    """Put something bad, a list, among good tags."""
    return VALID_TAGS.flatmap(lambda good: st.integers(0, len(good)).map(lambda at: good[:at] + bad + good[at:]))


BROKEN_TAGS: Final[st.SearchStrategy[Any]] = st.sampled_from(
    [
        [_tag("")],
        [_tag("aws:mine")],
        [_tag("AWS:Mine")],
        [_tag("personalize-import:resource", "store/Import")],
        [_tag("Personalize-Import:data-fingerprint")],
        [_tag("k" * (contract.TAG_KEY_LENGTH_MAX + 1))],
        [_tag("k" * 5000)],
        [_tag("a", "v" * (contract.TAG_VALUE_LENGTH_MAX + 1))],
        [_tag("same", "1"), _tag("same", "2")],
        [_tag("same"), _tag("same")],
        [_tag("line\nbreak")],
        [_tag("a", "nul\0")],
        [_tag("👻")],
        [_tag("a", "\ud800")],
        [_tag("a", "${Token[TOKEN.123]}")],
        [_tag(f"{number}!", "!" * 300) for number in range(60)],
    ]
).flatmap(_with) | st.integers(contract.TAGS_MAX + 1, 300).map(_too_many)
"""Of the right shape, with wrong texts in it."""

TAGS_OF_ANOTHER_SHAPE: Final[st.SearchStrategy[Any]] = st.sampled_from(
    [{}, {"team": "data"}, _tag("team", "data"), {"Ref": "Tags"}]
) | st.sampled_from(
    [
        ["team=data"],
        [["team", "data"]],
        [[_tag("team", "data")]],
        [{}],
        [{"Key": "team"}],
        [{"Value": "data"}],
        [{"key": "team", "value": "data"}],
        [{"team": "data"}],
        [{**_tag("team", "data"), "PropagateAtLaunch": "true"}],
        [_tag(["team"], "data")],
        [_tag("team", {"Ref": "Team"})],
    ]
).flatmap(_with)
"""Lists and mappings that are no tags."""

TAGS_OF_ANOTHER_TYPE: Final[st.SearchStrategy[Any]] = st.sampled_from(
    [
        [None],
        [1],
        [True],
        [_tag("count", 3)],
        [_tag(3, "count")],
        [_tag("a", None)],
        [_tag(None, "a")],
        [_tag("a", True)],
    ]
).flatmap(_with)
"""Tags that would be right if their scalars were strings."""
