"""The first example of the README, copied into an empty folder."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.support.cloud import Cloud
from tests.docs.support.blocks import text_of

pytestmark = [pytest.mark.deploy, pytest.mark.slow]

BIN = Path(sys.executable).parent
STACK = "Recommendations"


def test_the_first_example_deploys_from_an_empty_folder(cloud: Cloud, tmp_path: Path) -> None:
    folder, home = tmp_path / "empty", tmp_path / "home"
    for path in (folder, home):
        path.mkdir()
    (home / ".cdk.json").write_text(json.dumps({"requireApproval": "never"}))  # no terminal, no question
    (folder / "app.py").write_text(text_of("README.md: from pathlib"))
    to_aws, _to_the_local_aws = text_of("README.md: cdk deploy --app").splitlines()

    ended = subprocess.run(
        ["bash", "-euc", f"{to_aws} --strict"],  # without warnings
        cwd=folder,
        env={
            **cloud.aws.process_environment(),
            "HOME": str(home),
            "PATH": f"{BIN}{os.pathsep}{os.defpath}",
            "CDK_DISABLE_CLI_TELEMETRY": "true",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )

    assert ended.returncode == 0, ended.stdout
    *_, job = cloud.jobs(STACK)  # other tests use names that begin with this one
    assert job["status"] == "ACTIVE"
    assert cloud.rows(job["dataset_arn"])["count"] == 1000
    imported = cloud.when(STACK, "Custom::PersonalizeDatasetImportJob", "CREATE_COMPLETE")
    assert imported < cloud.when(STACK, "AWS::Personalize::Solution", "CREATE_IN_PROGRESS")
