"""The demo needs each of its permissions: its stacks deploy with all of them, and fail without any one."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import aws_cdk as cdk
import pytest
from demo.sample import SCHEMA, write_sample
from demo.schema import DemoSchema
from demo.stacks import DataStack, DemoStack

from tests.deploy.support.cloud import Cloud
from tests.deploy.support.permission_removal import ONLY_ON_AWS, TRUST, Template, Variant, variants
from tests.deploy.support.permission_run import DATA, DEMO, PermissionRun
from tests.deploy.support.stack_under_test import publish

pytestmark = pytest.mark.deploy

CONCURRENT_RUNS = 4
"""Runs mostly wait; the service runs at most five imports at the same time."""
# By service, the message if it doesn't contain the action.
MESSAGES = {"s3": "Insufficient privileges for accessing data in S3", "logs": "has left no log"}
TRUST_MESSAGE = "assume"


@pytest.fixture(scope="module")
def templates(cloud: Cloud) -> dict[str, Template]:
    def build(app: cdk.App) -> None:
        data = DataStack(app, DATA)
        DemoStack(app, DEMO, schema=DemoSchema.from_file(SCHEMA), data=data.bucket, reimport_token="1")

    assembly = cloud.synthesize(build)
    publish(cloud, assembly / f"{DEMO}.assets.json")
    return {name: json.loads((assembly / f"{name}.template.json").read_text()) for name in (DATA, DEMO)}


@pytest.fixture
def data(tmp_path: Path) -> bytes:
    return write_sample(tmp_path / "data.csv").read_bytes()


@pytest.fixture
def short_imports(cloud: Cloud) -> Iterator[None]:
    cloud.aws.control("POST", "settings", {"import_pending_seconds": 5, "import_in_progress_seconds": 20})
    yield
    cloud.aws.control("POST", "reset")


@pytest.mark.usefixtures("short_imports")
@pytest.mark.parametrize(
    "every", [pytest.param(12, marks=pytest.mark.slow), pytest.param(1, marks=pytest.mark.nightly)]
)
def test_the_demo_needs_each_of_its_permissions(
    every: int,
    cloud: Cloud,
    templates: dict[str, Template],
    data: bytes,
    record_property: Callable[[str, object], None],
) -> None:
    assert PermissionRun(cloud, 0, templates, data).first_failure() == ""

    # Without these the functions retry for a minute or two.
    tried = sorted(variants(templates), key=lambda variant: variant.action.startswith("states:"))[::every]

    def failure_of(numbered: tuple[int, Variant]) -> str:
        number, variant = numbered
        return PermissionRun(cloud, number, variant.templates, data).first_failure()

    with ThreadPoolExecutor(CONCURRENT_RUNS) as pool:
        failures = list(pool.map(failure_of, enumerate(tried, start=1)))

    record_property("removal proof", summary(tried))
    assert [f"{v}: {text}" for v, text in zip(tried, failures, strict=True) if expected(v) not in text] == []


def expected(variant: Variant) -> str:
    """Return the expected part of the failure without a permission."""
    return TRUST_MESSAGE if variant.action == TRUST else MESSAGES.get(variant.action.split(":")[0], variant.action)


def summary(tried: list[Variant]) -> str:
    statements = {variant.statement for variant in tried}
    pieces = Counter(variant.missing.split()[0] for variant in tried)
    return (
        f"{len(statements)} statements and {pieces['action']} actions removed one by one, {pieces['resource']} "
        f"resources removed and {pieces['condition']} conditions invalidated: each made the deploy fail, or of "
        f"{sum(variant.action.startswith('logs:') for variant in tried)} actions left no log; {len(ONLY_ON_AWS)} "
        "actions listed that only the real AWS exercises"
    )
