"""The formats that other programs read."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from personalize_import_handler.data_checks.rules import RULES, Scope
from tests.cli.conftest import HEADER, SCHEMA
from tests.cli.support.runs import run

SECRET = "much-too-secret"
RESULT_MEMBERS = {"ruleId", "ruleIndex", "level", "message", "locations", "occurrenceCount"}
RULE_MEMBERS = {"id", "shortDescription", "fullDescription", "help", "helpUri", "defaultConfiguration"}


@pytest.fixture(autouse=True)
def spoilt(items: Path) -> None:
    """An error on line 3, and a warning with data in it on line 2."""
    items.write_text(f"{HEADER}\n1,{SECRET},red\n,3.5,blue\n,3.5,blue\n")


def text_of(items: Path, schema: Path, form: str, *more: str, code: int = 1) -> str:
    ended = run("check", items, "--schema", schema, "--format", form, *more)
    assert (ended.code, ended.stderr) == (code, "")
    return ended.output


def sarif_of(items: Path, schema: Path) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(text_of(items, schema, "sarif"))
    return log


def cases_of(document: str) -> dict[str, ET.Element]:
    return {case.attrib["name"]: case for case in ET.fromstring(document).iter("testcase")}


def test_json_has_the_checked_data_and_every_finding(items: Path, schema: Path) -> None:
    report = json.loads(text_of(items, schema, "json"))
    assert {key: value for key, value in report.items() if key not in ("tool", "findings")} == {
        "version": 1,
        "data": {"location": str(items), "checked": True, "files": 1, "bytes": items.stat().st_size, "rows": 3},
        "schema": {"path": str(schema), "domain": None, "dataset_type": "ITEMS"},
        "import_mode": "FULL",
        "errors": 1,
        "warnings": 1,
        "failed": True,
    }
    error, warning = report["findings"]
    assert (error["rule"], error["severity"], error["scope"]) == ("id-missing", "error", "value")
    assert (error["file"], error["location"]) == ("items.csv", str(items))
    assert (error["line"], error["column"], error["value"], error["count"]) == (3, "ITEM_ID", "", 2)
    assert {"what", "why", "fix", "page", "detail"} < error.keys()
    assert (warning["severity"], warning["value"]) == ("warning", SECRET)


def test_json_states_that_data_was_not_checked(items: Path, schema: Path) -> None:
    schema.write_text(json.dumps({**SCHEMA, "name": "Things"}))
    report = json.loads(text_of(items, schema, "json"))
    nothing = dict.fromkeys(("files", "bytes", "rows"))
    assert report["data"] == {"location": str(items), "checked": False, **nothing}
    assert report["findings"][0]["location"] == str(schema)


def test_sarif_has_the_members_that_its_schema_requires_and_no_others(items: Path, schema: Path) -> None:
    log = sarif_of(items, schema)
    assert log.keys() == {"$schema", "version", "runs"}
    assert log["version"] == "2.1.0"
    (run_,) = log["runs"]
    assert run_.keys() == {"tool", "columnKind", "results"}
    driver = run_["tool"]["driver"]
    assert driver.keys() == {"name", "version", "rules"}
    for rule in driver["rules"]:
        assert rule.keys() == RULE_MEMBERS
        assert rule["helpUri"].startswith("https://")
        assert all(rule[each]["text"] for each in ("shortDescription", "fullDescription", "help"))
        assert rule["defaultConfiguration"]["level"] in ("error", "warning")
    assert len({rule["id"] for rule in driver["rules"]}) == len(driver["rules"])
    for result in run_["results"]:
        assert result.keys() == RESULT_MEMBERS
        assert result["message"]["text"]
        assert result["level"] in ("error", "warning")
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]


def test_sarif_has_the_place_of_an_error(items: Path, schema: Path) -> None:
    error, warning = sarif_of(items, schema)["runs"][0]["results"]
    place = error["locations"][0]
    assert (error["ruleId"], error["level"], error["occurrenceCount"]) == ("id-missing", "error", 2)
    assert place["physicalLocation"] == {"artifactLocation": {"uri": items.as_uri()}, "region": {"startLine": 3}}
    assert place["logicalLocations"] == [{"name": "ITEM_ID", "kind": "member"}]
    assert (warning["ruleId"], warning["level"]) == ("metadata-wrong-type", "warning")


def test_sarif_keeps_paths_of_the_repository_relative(items: Path, schema: Path) -> None:
    folder = items.parent / "a folder"
    folder.mkdir()
    items.rename(folder / "items.csv")
    arguments = ("check", "a folder", "--schema", schema.name, "--format", "sarif")
    results = json.loads(run(*arguments, cwd=items.parent).output)["runs"][0]["results"]
    uris = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results}
    assert uris == {"a%20folder/items.csv"}


def test_junit_has_a_case_for_each_rule(items: Path, schema: Path) -> None:
    document = text_of(items, schema, "junit")
    cases = cases_of(document)
    assert cases.keys() == {rule.id for rule in RULES}
    assert {name for name, case in cases.items() if case.find("failure") is not None} == {"id-missing"}
    assert {name for name, case in cases.items() if case.find("system-out") is not None} == {"metadata-wrong-type"}
    failure = cases["id-missing"].find("failure")
    assert failure is not None
    assert "an id or a time is missing in items.csv, line 3, column ITEM_ID, 2 times" in (failure.text or "")
    assert "Fill it in" in (failure.text or "")
    suites = ET.fromstring(document)
    for each in (suites, suites[0]):
        assert (each.tag, each.attrib["tests"], each.attrib["failures"], each.attrib["skipped"]) == (
            *(each.tag, str(len(RULES))),
            *("1", "0"),
        )


def test_junit_fails_for_warnings_where_the_check_is_strict(items: Path, schema: Path) -> None:
    items.write_text(f"{HEADER}\n1,{SECRET},red\n")
    assert cases_of(text_of(items, schema, "junit", code=0))["metadata-wrong-type"].find("failure") is None
    assert cases_of(text_of(items, schema, "junit", "--strict"))["metadata-wrong-type"].find("failure") is not None


def test_junit_skips_the_rules_for_data_that_was_not_checked(items: Path, schema: Path) -> None:
    schema.write_text(json.dumps({**SCHEMA, "name": "Things"}))
    cases = cases_of(text_of(items, schema, "junit"))
    skipped = {name for name, case in cases.items() if case.find("skipped") is not None}
    assert skipped == {rule.id for rule in RULES if rule.scope is not Scope.SCHEMA}


def test_junit_escapes_control_characters(items: Path, schema: Path) -> None:
    items.write_text(f"{HEADER},a\x0b\ufffe\x9b\u202eb\n1,2.5,red,\n")
    failures = cases_of(text_of(items, schema, "junit", code=0))["column-extra"].find("system-out")
    assert failures is not None
    assert r"column a\x0b\ufffe\x9b\u202eb" in (failures.text or "")


@pytest.mark.parametrize(
    ("form", "reports_values"), [("table", True), ("json", True), ("sarif", False), ("junit", False)]
)
def test_values_are_shown_to_people_but_not_stored_in_sarif_or_junit(
    items: Path, schema: Path, form: str, reports_values: bool
) -> None:
    assert (SECRET in text_of(items, schema, form)) is reports_values
