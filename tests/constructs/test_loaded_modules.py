"""Modules that are loaded with the library: each module of the CDK takes up to half a second."""

import os
import subprocess
import sys

PROGRAM = "import sys, personalize_import; print(*sys.modules)"
LOADED_ON_FIRST_USE = {
    "aws_cloudwatch",
    "aws_events",
    "aws_kms",
    "aws_s3",
    "aws_scheduler",
    "aws_sqs",
    "data_checks.checker",
}


def test_modules_that_few_apps_need_are_loaded_on_first_use() -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True)

    loaded = {name.removeprefix("aws_cdk.").removeprefix("personalize_import_handler.") for name in done.stdout.split()}
    assert {"aws_lambda", "data_checks.schema"} <= loaded
    assert loaded & LOADED_ON_FIRST_USE == set()
