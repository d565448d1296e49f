"""checkov has only the findings that are explained here and in docs/security.md: https://www.checkov.io."""

import json
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest

from tests.security.support.templates import ROOT, faulty, sound

CHECKOV: Final = ROOT / ".venv-checkov/bin/checkov"
_FUNCTION: Final = "AWS::Lambda::Function.DatasetImportProvider"
# What is accepted: the check, the resources that it is accepted of, and why.
ACCEPTED: Final = {
    (
        "CKV_AWS_115",
        _FUNCTION,
    ): "reserved concurrency is taken from everything else in the account",
    ("CKV_AWS_116", _FUNCTION): "a queue is not needed: CloudFormation reports a request without a response",
    (
        "CKV_AWS_117",
        _FUNCTION,
    ): "the functions call AWS, and nothing in a VPC",
    ("CKV_AWS_158", "AWS::Logs::LogGroup.DatasetImportProvider"): "encrypted by CloudWatch Logs; a key is an argument",
    ("CKV_AWS_173", _FUNCTION): "the only variable is the ARN of the state machine, and Lambda encrypts it",
    ("CKV_AWS_18", "AWS::S3::Bucket.AccessLogs"): "it holds the access logs of the stack's other bucket",
    ("CKV_AWS_18", "AWS::S3::Bucket.Bucket83908E77"): "the demo's bucket, to try things out with",
    ("CKV_AWS_18", "AWS::S3::Bucket.DatasetImportProviderData"): "its policy lets Personalize read, and nobody else",
    ("CKV_AWS_21", "AWS::S3::Bucket.Bucket83908E77"): "the demo's bucket, which goes with its stack",
}
pytestmark = pytest.mark.nightly


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Run checkov on all templates at once, without network."""
    assert CHECKOV.exists(), "`make test-all` installs checkov"
    folder = tmp_path_factory.mktemp("templates")
    sound().write(folder)
    faulty().write(folder)
    options = ["--framework", "cloudformation", "--skip-download", "--compact", "--output", "json"]
    ran = subprocess.run([CHECKOV, "--directory", folder, *options], capture_output=True, text=True, cwd=folder)
    report: dict[str, Any] = json.loads(ran.stdout)
    assert not report["results"]["parsing_errors"]
    return report


def findings(report: dict[str, Any], *, in_faulty: bool) -> set[tuple[str, str]]:
    """Return failed checks, each with the resource that it is about."""
    return {
        (check["check_id"], check["resource"])
        for check in report["results"]["failed_checks"]
        if (Path(check["file_path"]).stem == "Faulty") == in_faulty
    }


def is_accepted(check: str, resource: str) -> bool:
    return any(check == accepted and resource.startswith(prefix) for accepted, prefix in ACCEPTED)


def test_every_finding_is_suppressed(report: dict[str, Any]) -> None:
    assert [found for found in findings(report, in_faulty=False) if not is_accepted(*found)] == []


def test_every_suppressed_finding_exists(report: dict[str, Any]) -> None:
    found = findings(report, in_faulty=False)

    for check, prefix in ACCEPTED:
        assert [each for each, resource in found if each == check and resource.startswith(prefix)], (check, prefix)


def test_all_templates_are_checked(report: dict[str, Any]) -> None:
    checked = {Path(check["file_path"]).stem for check in report["results"]["passed_checks"]}

    assert checked >= {"DemoData", "Demo", "TwentyJobs", "OwnKey"}


def test_a_role_that_may_do_anything_and_that_anyone_may_assume_is_found(report: dict[str, Any]) -> None:
    found = {check for check, _ in findings(report, in_faulty=True)}

    assert {"CKV_AWS_60", "CKV_AWS_62", "CKV_AWS_63", "CKV_AWS_110"} <= found
