"""A look at large data: bounded in time and memory, for a function has little of both."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping

import pytest

from personalize_local.server.options import ACCOUNT
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
# What a function does, with its libraries loaded before, as they are when it is invoked.
LOOK = """
import json, sys, time
from personalize_import_handler.data import preflight
from personalize_import_handler.aws.data_reader_client import RoleReader
from personalize_import_handler.aws.personalize import DatasetSchema
from personalize_import_handler.errors import DataRefusedError
from personalize_import_handler.contract.properties import ImportProperties

role_arn, location, schema = sys.argv[1:]
properties = ImportProperties(dataset_arn="", data_location=location, role_arn=role_arn)
began, told = time.monotonic(), ""
try:
    preflight.check_data(properties, DatasetSchema(schema, None), RoleReader(role_arn))
except DataRefusedError as problem:
    told = str(problem)
seconds = time.monotonic() - began
# Not getrusage, which has the memory of whoever has forked this process.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps([seconds, int(peak.split()[1]) / 1024, told]))
"""


def test_of_100_mb_the_head_is_looked_at_in_seconds_and_in_the_functions_memory(
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
        seconds, memory, told = look(cloud, role_arn, location.replace("good.csv", key))
        assert expected in told
        assert bool(told) == bool(expected)
        record_property(f"preflight of {len(good) // MIB} MiB, {key}", f"{seconds:.2f} s, {memory:.0f} MiB")
        assert seconds <= SECONDS_MAX
        assert memory <= MEMORY_MIB


def look(cloud: Cloud, role_arn: str, location: str) -> tuple[float, float, str]:
    """Look in a process of its own; returns seconds, MiB at most, and what is told."""
    arguments = [sys.executable, "-c", LOOK, role_arn, location, SCHEMA]
    ran = subprocess.run(
        arguments, env=cloud.aws.process_environment(), capture_output=True, text=True, check=True, timeout=60
    )
    seconds, memory, told = json.loads(ran.stdout)
    return seconds, memory, told


def trusting_role(cloud: Cloud, name: str) -> str:
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    reads = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"}
    iam = cloud.client("iam")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))["Role"]
    iam.put_role_policy(RoleName=name, PolicyName="Read", PolicyDocument=document(reads))
    return str(role["Arn"])


def document(statement: Mapping[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statement})
