"""The calls to the CDK's process, which take most of the time that an import adds to a synth."""

import pytest

from bench.calls import calls_per_import


@pytest.mark.parametrize(("way", "most"), [("bare", 7), ("ours", 13)])
def test_an_import_makes_few_calls_to_the_process_of_the_cdk(way: str, most: int) -> None:
    assert 5 <= calls_per_import(way, 3).calls <= most
