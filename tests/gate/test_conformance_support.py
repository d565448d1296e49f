"""Recordings of conformance tests, and what is written from them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from botocore.exceptions import ClientError

from personalize_local.server.environment import without_aws
from tests.conformance.support.assumptions import FOLDER, Assumption, Mark, all_assumptions
from tests.conformance.support.data import MINIMUM_OF_INTERACTIONS, interactions
from tests.conformance.support.page import PAGE, recordings, table
from tests.conformance.support.plan import BYTES_PER_JOB, cost_at_most, jobs_at_most
from tests.conformance.support.recording import CONFIRMED, CONTRADICTED, Observations, Recording
from tests.conformance.support.texts import TEXTS, replace_texts
from tests.package.support.builds import ROOT

ACCOUNT: Final = "123456789012"
CALLER: Final = f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/alice"
AWS: Final = "https://personalize.eu-west-1.amazonaws.com"
ASSUMPTION: Final = {"test_it": Assumption("It is so.", Mark.ASSUMED, "", jobs=2)}


def recorded(
    path: Path, observations: Observations, outcome: str = CONFIRMED, endpoint: str = AWS, problem: str = ""
) -> Recording:
    target = {"caller": CALLER, "run": "abc123", "region": "eu-west-1", "endpoint": endpoint}
    Recording(path).add("test_it", outcome, observations, target=target, problem=problem)
    return Recording(path)


def refusal(message: str) -> ClientError:
    details = {"Error": {"Code": "InvalidInputException", "Message": message}}
    return ClientError({**details, "ResponseMetadata": {"HTTPStatusCode": 400}}, "CreateDatasetImportJob")  # type: ignore[typeddict-item]


def test_the_page_has_all_assumptions_and_the_recordings() -> None:
    expected = table(all_assumptions(), recordings(FOLDER / "recorded"), "last confirmed on AWS")

    assert PAGE.read_text().endswith(f"<!-- assumptions -->\n{expected}"), "run `make docs-conformance`"


def test_the_recordings_are_of_existing_tests_and_without_accounts() -> None:
    for recording in recordings(FOLDER / "recorded"):
        assert recording.results.keys() <= all_assumptions().keys()
        assert not any(word.isdigit() and len(word) == 12 for word in recording.path.read_text().split(":"))


def test_documented_and_observed_assumptions_have_a_source() -> None:
    without = [name for name, found in all_assumptions().items() if found.mark is not Mark.ASSUMED and not found.source]

    assert without == []


def test_a_run_costs_less_than_a_dollar() -> None:
    assert cost_at_most(jobs_at_most(all_assumptions().values())) < 1


def test_the_data_of_a_job_is_not_larger_than_the_cost_assumes() -> None:
    assert len(interactions(MINIMUM_OF_INTERACTIONS)) <= BYTES_PER_JOB


def test_without_a_region_a_run_ends_with_one_line() -> None:
    command = [sys.executable, "-m", "tests.conformance", "run", "--yes"]
    run = subprocess.run(command, cwd=ROOT, env=without_aws(os.environ), capture_output=True, text=True, check=False)

    assert (run.returncode, run.stderr) == (1, "conformance: You must specify a region.\n")


def test_a_plain_run_of_pytest_collects_no_conformance_test() -> None:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", str(FOLDER)]
    collected = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert "no tests collected" in collected.stdout


def test_a_recording_has_neither_the_account_nor_the_caller_nor_the_run(tmp_path: Path) -> None:
    observations = Observations()
    observations.error(
        refusal(f"arn:aws:personalize:eu-west-1:{ACCOUNT}:schema/personalize-conformance-abc123-users {CALLER}")
    )
    recording = recorded(tmp_path / "recording.json", observations)

    assert recording.results["test_it"]["observed"]["error"] == {
        "code": "InvalidInputException",
        "message": "arn:aws:personalize:eu-west-1:<account>:schema/personalize-conformance-<run>-users <caller>",
        "http_status": 400,
    }


@pytest.mark.parametrize(
    ("outcome", "endpoint", "cell"),
    [
        (CONFIRMED, AWS, "eu-west-1"),
        (CONTRADICTED, AWS, "**contradicted**"),
        (CONFIRMED, "https://127.0.0.1:4566", "never"),
        (CONFIRMED, "https://personalize.eu-west-1.amazonaws.com.example.org", "never"),
    ],
)
def test_only_results_on_aws_count(tmp_path: Path, outcome: str, endpoint: str, cell: str) -> None:
    recorded(tmp_path / "recording.json", Observations(), outcome, endpoint)

    assert cell in table(ASSUMPTION, recordings(tmp_path), "result").splitlines()[-1]


def test_a_recorded_text_replaces_the_assumed_one(tmp_path: Path) -> None:
    texts, arn = tmp_path / "texts.py", f"arn:aws:personalize:eu-west-1:{ACCOUNT}:dataset/{{x}}/USERS"
    shutil.copy(TEXTS, texts)
    observations = Observations()
    observations.error(refusal(f'"{arn}" is {{busy}}.'), "not_ready", arn=arn, status="CREATE PENDING")
    recording = recorded(tmp_path / "recording.json", observations)

    assert len(list(replace_texts([recording], ASSUMPTION, texts))) == 1
    assert list(replace_texts([recording], ASSUMPTION, texts)) == [], "it is replaced once"

    replaced = text_of(texts, "not_ready", arn="a", status="b")
    assert replaced == '"a" is {busy}.'
    changed = set(texts.read_text().splitlines()) - set(TEXTS.read_text().splitlines())
    assert len(changed) == 1
    assert "recorded on AWS" in changed.pop()


def text_of(module: Path, key: str, **values: str) -> str:
    """Return a text of a changed module."""
    namespace: dict[str, object] = {}
    exec(module.read_text(), namespace)
    text = namespace["text"]
    assert callable(text)
    return str(text(key, **values))


def test_a_text_of_another_endpoint_replaces_nothing(tmp_path: Path) -> None:
    texts = tmp_path / "texts.py"
    shutil.copy(TEXTS, texts)
    observations = Observations()
    observations.error(refusal("busy"), "not_ready")
    recorded(tmp_path / "recording.json", observations, endpoint="https://127.0.0.1:4566")

    assert list(replace_texts(recordings(tmp_path), ASSUMPTION, texts)) == []
    assert texts.read_text() == TEXTS.read_text()


def test_a_contradicted_assumption_is_reported(tmp_path: Path) -> None:
    recording = recorded(tmp_path / "recording.json", Observations(), CONTRADICTED, problem="it was accepted")

    assert list(replace_texts([recording], ASSUMPTION)) == [
        "Change the local service by hand: It is so. On AWS: it was accepted"
    ]
