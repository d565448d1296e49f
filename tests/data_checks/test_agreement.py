"""The check and the local service agree on generated data."""

from collections import Counter
from typing import TYPE_CHECKING, Final

import pytest

from personalize_import_handler.data_checks import rules
from personalize_import_handler.data_checks.checker import check
from personalize_import_handler.data_checks.findings import Finding
from personalize_import_handler.data_checks.rules import Severity
from tests.data_checks.support.generated import Generated, generated
from tests.data_checks.support.local_service import avro_of, dataset_in, is_imported
from tests.local_aws.support.fakes import World, new_world

if TYPE_CHECKING:
    from personalize_import_handler.data_checks.schema import Schema

IS_LIMIT: Final = frozenset({rules.TOO_FEW_INTERACTIONS})
"""The minimum of the local service is set to 0, because most generated files are small."""


def errors_in(data: Generated) -> list[Finding]:
    findings = check(data.data, data.schema)
    return [each for each in findings if each.rule.severity is Severity.ERROR and each.rule not in IS_LIMIT]


def agree(numbers: range) -> Counter[bool]:
    """Return how often generated data is imported, and how often it isn't."""
    worlds: dict[Schema, tuple[World, str]] = {}
    verdicts: Counter[bool] = Counter()
    for number in numbers:
        data = generated(number)
        if data.schema not in worlds:
            world = new_world(minimum_interactions=0)
            worlds[data.schema] = world, dataset_in(world, data.schema, avro_of(data.schema))
        world, dataset_arn = worlds[data.schema]
        files = {f"{index}.csv": content for index, content in enumerate(data.contents)}
        imported = is_imported(world, dataset_arn, files, f"job-{number}")
        assert imported == (not errors_in(data)), (number, errors_in(data)[:3])
        verdicts[imported] += 1
    return verdicts


def test_the_local_service_imports_exactly_what_the_check_accepts() -> None:
    verdicts = agree(range(3000))
    assert min(verdicts.values()) > 500, verdicts


@pytest.mark.nightly
def test_the_local_service_imports_exactly_what_the_check_accepts_in_large_numbers() -> None:
    verdicts = Counter[bool]()
    for first in range(3000, 33_000, 1000):  # each with new services: the time of a call grows with their jobs
        verdicts += agree(range(first, first + 1000))
    assert min(verdicts.values()) > 5000, verdicts
