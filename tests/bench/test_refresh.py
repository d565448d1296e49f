"""The benchmark of refreshes: both refreshers react to the same triggers, and the tables show what was measured."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.part import Scale
from bench.refresh import measuring, report
from bench.refresh.measuring import MeasuredRefresh, MeasuredRefreshes
from bench.refresh.stacks import BY_HAND, OURS, REFRESHERS, RefreshedDataset, Refresher, Trigger, synthesize
from bench.usage import Used

ROLE = "arn:aws:iam::123456789012:role/import"
DATASET = RefreshedDataset("arn:aws:personalize:eu-west-1:123456789012:dataset/shop/USERS", "bucket", "all/", ROLE, 3)


def figures(refresher: Refresher = OURS, **changed: Any) -> MeasuredRefresh:
    used = Used(invocations=37, transitions=107)
    measured = MeasuredRefresh(refresher, executions=1, failed=0, jobs=1, rows=2, used=used, start_seconds=1.25)
    return replace(measured, **changed)


def all_figures(**changed: Any) -> MeasuredRefreshes:
    skipped = figures(jobs=0, start_seconds=None, used=Used(invocations=3, transitions=10))
    measured = MeasuredRefreshes(
        speed=12,
        deploy=Used(invocations=36, transitions=106),
        changed=[figures(), figures(BY_HAND, start_seconds=0.5)],
        unchanged=[skipped, figures(BY_HAND)],
        uploads=100,
        upload_seconds=8.4,
        uploaded=[figures(rows=101), figures(BY_HAND, executions=100, failed=99, rows=4)],
    )
    return replace(measured, **changed)


def reached(measured: MeasuredRefreshes) -> list[str]:
    rows = report.write(measured).rpartition("| goal |")[2].splitlines()[2:]
    return [row.rstrip(" |").rpartition("| ")[2] for row in rows]


def test_the_first_table_has_the_figures_that_the_docs_cite() -> None:
    rows = report.write(all_figures()).splitlines()
    assert "| a deploy with a first import | 36 | 106 | 0.00266 |" in rows
    assert "| a refresh with an import | 37 | 107 | 0.00268 |" in rows
    assert "| a refresh that finds nothing new | 3 | 10 | 0.00025 |" in rows


def test_each_contender_has_a_row_for_each_trigger_and_a_dash_without_a_job() -> None:
    text = report.write(all_figures())
    assert [text.count(f"| {each.name} |") for each in REFRESHERS] == [3, 3]
    assert f"| {OURS.name} | - | 1 | 0 | 0 | 2 |" in text
    assert f"| {BY_HAND.name} | 1.2 | 100 | 99 | 1 | 4 |" in text


@pytest.mark.parametrize(
    ("changed", "missed"),
    [
        ({}, []),
        ({"changed": [figures(start_seconds=5.1)]}, [0]),
        ({"changed": [figures(start_seconds=None)]}, [0]),
        ({"unchanged": [figures()]}, [1]),
        ({"uploaded": [figures(rows=101, jobs=2)]}, [2]),
        ({"uploaded": [figures(rows=100)]}, [2]),
        ({"uploaded": [figures(rows=101, failed=1)]}, [3]),
    ],
    ids=["none", "late", "no job", "unchanged", "two jobs", "rows", "failed"],
)
def test_goals_are_judged_by_the_figures_of_this_construct(changed: dict[str, Any], missed: list[int]) -> None:
    assert [at for at, each in enumerate(reached(all_figures(**changed))) if each == "no"] == missed


@pytest.mark.parametrize("refresher", REFRESHERS, ids=lambda each: each.key)
def test_each_stack_has_one_state_machine_and_the_trigger_of_its_name(refresher: Refresher, tmp_path: Path) -> None:
    assembly = synthesize(tmp_path, {(refresher, trigger): DATASET for trigger in Trigger})

    for trigger, kind in ((Trigger.SCHEDULE, "AWS::Scheduler::Schedule"), (Trigger.UPLOAD, "AWS::Events::Rule")):
        template = json.loads((assembly / f"{refresher.stack_name(trigger)}.template.json").read_text())
        types = [each["Type"] for each in template["Resources"].values()]
        assert (types.count(kind), types.count("AWS::StepFunctions::StateMachine")) == (1, 1)


@pytest.mark.deploy
@pytest.mark.nightly
def test_only_this_construct_skips_unchanged_files_and_imports_all_uploads_in_one_job(tmp_path: Path) -> None:
    measured = measuring.measure(tmp_path, Scale(quick=True))

    ours, by_hand = zip(measured.changed, measured.unchanged, measured.uploaded, strict=True)
    assert [(each.refresher, each.jobs) for each in ours] == [(OURS, 1), (OURS, 0), (OURS, 1)]
    assert [(each.refresher, each.jobs) for each in by_hand] == [(BY_HAND, 1)] * 3
    assert [each.failed for each in ours] == [0, 0, 0]
    assert (ours[2].rows, by_hand[2].executions) == (1 + measured.uploads, measured.uploads)
    for changed in measured.changed:
        assert changed.start_seconds is not None
        assert 0 <= changed.start_seconds < 60
    # 10 minutes and 30 seconds between two polls: each enters three states.
    assert 57 <= by_hand[0].used.transitions <= 66
    assert (by_hand[0].used.invocations, measured.deploy.errors) == (0, 0)
    assert measured.deploy.transitions > ours[0].used.invocations > 20
