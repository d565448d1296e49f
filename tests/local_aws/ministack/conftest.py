"""A function that returns the times of its events."""

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


@pytest.fixture
def function(cloud: Cloud, name: str) -> str:
    make_function(cloud, name, make_role(cloud, name, trusting=trust({"Service": "lambda.amazonaws.com"}, {})), CODE)
    return name
