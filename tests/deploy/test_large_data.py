"""Preflight of large data is bounded in time and memory."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping

import pytest

from personalize_local.server.options import Options
from tests.deploy.support.cloud import Cloud

pytestmark = [pytest.mark.deploy, pytest.mark.slow]

MIB = 1 << 20
SECONDS_MAX = 5
MEMORY_MIB = 256
SCHEMA = json.dumps(
    {
        "type": "record",
        "name": "Interactions",
        "fields": [
            {"name": "USER_ID", "type": "string"},
            {"name": "ITEM_ID", "type": "string"},
            {"name": "TIMESTAMP", "type": "long"},
        ],
    }
)
# The preflight of a function, measured after the libraries have been loaded.
PREFLIGHT = """
import json, sys, time
from personalize_import_handler.data import preflight
from personalize_import_handler.aws.data_reader_client import RoleReader
from personalize_import_handler.aws.personalize import DatasetSchema
from personalize_import_handler.errors import DataRefusedError
from personalize_import_handler.contract.properties import ImportProperties

role_arn, location, schema = sys.argv[1:]
properties = ImportProperties(dataset_arn="", data_location=location, role_arn=role_arn)
started_at, message = time.monotonic(), ""
try:
    preflight.check_data(properties, DatasetSchema(schema, None), RoleReader(role_arn))
except DataRefusedError as problem:
    message = str(problem)
seconds = time.monotonic() - started_at
# Not getrusage, which includes the memory of the parent process.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps([seconds, int(peak.split()[1]) / 1024, message]))
"""


def test_the_head_of_100_mb_is_checked_within_seconds_and_the_memory_of_the_function(
    cloud: Cloud, name: str, record_property: Callable[[str, object], None]
) -> None:
    rows = "".join(f"u{number % 5000},i{number % 700},{1_700_000_000 + number}\n" for number in range(40_000))
    good = "USER_ID,ITEM_ID,TIMESTAMP\n" + rows * (100 * MIB // len(rows) + 1)
    location = cloud.put(name.lower(), "good.csv", good)
    lines = good.split("\n", 60_002)
    lines[60_000] = "u1,i1,yesterday"
    cloud.s3.put_object(Bucket=name.lower(), Key="bad.csv", Body="\n".join(lines))
    role_arn = trusting_role(cloud, name)

    for key, expected in (("good.csv", ""), ("bad.csv", "in bad.csv, line 60001, column TIMESTAMP")):
        seconds, memory, message = run_preflight(cloud, role_arn, location.replace("good.csv", key))
        assert expected in message
        assert bool(message) == bool(expected)
        record_property(f"preflight of {len(good) // MIB} MiB, {key}", f"{seconds:.2f} s, {memory:.0f} MiB")
        assert seconds <= SECONDS_MAX
        assert memory <= MEMORY_MIB


def run_preflight(cloud: Cloud, role_arn: str, location: str) -> tuple[float, float, str]:
    """Run preflight in a subprocess, and return the seconds, the peak memory in MiB, and the error message."""
    arguments = [sys.executable, "-c", PREFLIGHT, role_arn, location, SCHEMA]
    ran = subprocess.run(
        arguments, env=cloud.aws.process_environment(), capture_output=True, text=True, check=True, timeout=60
    )
    seconds, memory, message = json.loads(ran.stdout)
    return seconds, memory, message


def trusting_role(cloud: Cloud, name: str) -> str:
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{Options.account}:root"},
        "Action": "sts:AssumeRole",
    }
    reads = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"}
    iam = cloud.client("iam")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))["Role"]
    iam.put_role_policy(RoleName=name, PolicyName="Read", PolicyDocument=document(reads))
    return str(role["Arn"])


def document(statement: Mapping[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statement})
