"""The calls to the CDK's process, which take most of the time that an import adds to a synth."""

import pytest

from bench.apps import make
from bench.calls import _counted, calls_per_import


@pytest.mark.parametrize(("way", "most"), [("bare", 7), ("ours", 13)])
def test_an_import_makes_few_calls_to_the_process_of_the_cdk(way: str, most: int) -> None:
    assert 5 <= calls_per_import(way, 3).calls <= most


def test_the_first_import_and_its_provider_make_few_calls_to_the_process_of_the_cdk() -> None:
    with _counted() as calls:
        make("ours", 1)

    assert 50 <= len(calls) <= 105
