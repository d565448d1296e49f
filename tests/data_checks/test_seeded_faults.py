"""For each rule, a fault in 30,000 rows is found at its exact place, and nothing else is."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from personalize_import_handler.data_checks.arrow.row_checker import ArrowRowChecker
from personalize_import_handler.data_checks.checker import check
from personalize_import_handler.data_checks.findings import Finding
from personalize_import_handler.data_checks.row_checker import RowChecker
from personalize_import_handler.data_checks.rules import RULES, Scope
from tests.data_checks.support.faulty import FAULTY, Faulty

RULES_OF_DATA = [rule.id for rule in RULES if rule.scope is not Scope.SCHEMA]
# A fault that breaks a second rule by its nature.
ALSO = {
    "column-missing": {"column-extra"},
    "column-twice": {"column-extra"},
    "headers-differ": {"column-extra", "field-count"},
    "too-few-interactions": {"too-few-users"},
}


@contextmanager
def checker(name: str) -> Iterator[RowChecker]:
    if name == "plain":
        yield RowChecker()
    else:
        with ArrowRowChecker(workers=2) as rows:
            yield rows


def findings_of(faulty: Faulty, rows: RowChecker) -> list[Finding]:
    return list(check(faulty.data, faulty.schema, import_mode=faulty.import_mode, rows=rows))


def test_there_is_a_fault_for_each_rule_of_data() -> None:
    assert sorted(FAULTY) == sorted(RULES_OF_DATA)


@pytest.mark.parametrize("name", ["plain", "arrow"])
@pytest.mark.parametrize("rule_id", RULES_OF_DATA)
def test_a_fault_is_found_at_its_exact_place_and_nothing_else_is(rule_id: str, name: str) -> None:
    faulty = FAULTY[rule_id]()

    with checker(name) as rows:
        findings = findings_of(faulty, rows)

    (found,) = [finding for finding in findings if finding.rule.id == rule_id]
    assert (found.file, found.line, found.column, found.count) == (
        faulty.file,
        faulty.line,
        faulty.column,
        faulty.count,
    )
    assert {finding.rule.id for finding in findings} - {rule_id} <= ALSO.get(rule_id, set())
