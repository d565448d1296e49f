"""Functions: one that returns the times of its events, and one that writes them into a file."""

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.deploy.support.cloud import Cloud
from tests.local_aws.support.functions import make_function
from tests.local_aws.support.server_setup import make_role, trust

CODE = """
import logging, os, time
times = []
def handler(event, context):
    if not event.get("asks"):
        times.append(time.time())
    if event.get("dies"):
        os._exit(1)
    if event.get("fails"):
        raise ValueError("as asked")
    return times
"""

RECORDS = """
import time
def handler(event, context):
    with open({path!r}, "a") as file:
        file.write(f"{{time.time()}}\\n")
    if event.get("fails"):
        raise ValueError("as asked")
"""


class Recorder(NamedTuple):
    """A function that writes the times of its invocations into a file, whichever environment handles them."""

    name: str
    arn: str
    file: Path

    def times(self) -> list[float]:
        return [float(line) for line in self.file.read_text().split()] if self.file.exists() else []


@pytest.fixture
def recorder(cloud: Cloud, name: str, tmp_path: Path) -> Recorder:
    file, role = tmp_path / "times", make_role(cloud, name, trusting=trust({"Service": "lambda.amazonaws.com"}, {}))
    return Recorder(name, make_function(cloud, name, role, RECORDS.format(path=str(file))), file)


@pytest.fixture
def function(cloud: Cloud, name: str) -> str:
    make_function(cloud, name, make_role(cloud, name, trusting=trust({"Service": "lambda.amazonaws.com"}, {})), CODE)
    return name
