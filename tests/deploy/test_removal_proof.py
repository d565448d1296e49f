"""Every permission is needed: the demo's stacks deploy with all of them, and with any one missing they don't."""

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
from tests.deploy.support.direct import publish
from tests.deploy.support.removal import ONLY_ON_AWS, TRUST, Template, Variant, variants
from tests.deploy.support.removal_trial import DATA, DEMO, Trial

pytestmark = pytest.mark.deploy

SIDE_BY_SIDE = 4
"""Trials spend most of their time waiting; the service runs five imports at once."""
# By service, what is told where it isn't the action that is named.
TOLD = {"s3": "Insufficient privileges for accessing data in S3", "logs": "has left no log"}
TOLD_OF_TRUST = "assume"


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
def test_the_demo_deploys_with_all_permissions_and_with_none_of_them_missing(
    every: int,
    cloud: Cloud,
    templates: dict[str, Template],
    data: bytes,
    record_property: Callable[[str, object], None],
) -> None:
    assert Trial(cloud, 0, templates, data).refusal() == ""

    # Without these the functions retry for a minute or two.
    tried = sorted(variants(templates), key=lambda variant: variant.action.startswith("states:"))[::every]

    def told(numbered: tuple[int, Variant]) -> str:
        number, variant = numbered
        return Trial(cloud, number, variant.templates, data).refusal()

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        refusals = list(pool.map(told, enumerate(tried, start=1)))

    record_property("removal proof", summary(tried))
    assert [f"{v}: {text}" for v, text in zip(tried, refusals, strict=True) if expected(v) not in text] == []


def expected(variant: Variant) -> str:
    """What somebody is told when a piece is missing."""
    return TOLD_OF_TRUST if variant.action == TRUST else TOLD.get(variant.action.split(":")[0], variant.action)


def summary(tried: list[Variant]) -> str:
    statements = {variant.statement for variant in tried}
    pieces = Counter(variant.missing.split()[0] for variant in tried)
    return (
        f"{len(statements)} statements and {pieces['action']} actions removed one by one, {pieces['resource']} "
        f"resources removed and {pieces['condition']} conditions spoilt: each made the deploy fail, or of "
        f"{sum(variant.action.startswith('logs:') for variant in tried)} actions left no log; {len(ONLY_ON_AWS)} "
        "actions listed that only the real AWS exercises"
    )
