"""`status --watch` on a terminal during a `cdk deploy`, and `status` after a failure, as docs/status.md shows them.

To write the output into the page: RENEW_GOLDEN=1 python -m pytest tests/deploy/test_status_recording.py
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import aws_cdk as cdk
import pytest

from tests.cli.support.recorder import Recorder
from tests.cli.support.runs import run
from tests.deploy.support.cloud import Cloud
from tests.deploy.support.stack_under_test import publish
from tests.deploy.support.stacks import UsersStack, users_csv
from tests.support.until import until

pytestmark = [pytest.mark.deploy, pytest.mark.slow]

PAGE = Path(__file__).parents[2] / "docs" / "status.md"
BEGIN = "<!-- recording of {}: written by RENEW_GOLDEN=1 pytest tests/deploy/test_status_recording.py -->\n\n"
END = "<!-- end -->"
VARIES = re.compile(r"(\d+ h )?(\d+ min )?\d+ (s|min)\b|\d{4}-\d\d-\d\dT[\d:]+Z")
STACK, BUCKET = "Shop", "shop-data"


def app(folder: str) -> Callable[[cdk.App], None]:
    def build(app: cdk.App) -> None:
        app.node.set_context("aws:cdk:enable-path-metadata", True)  # as the CDK CLI does
        UsersStack(app, STACK, f"s3://{BUCKET}/{folder}/")

    return build


@pytest.fixture
def shop(cloud: Cloud) -> Iterator[Cloud]:
    """A stack with an import, and data for the next ones, at a speed that a person could watch."""
    cloud.put(BUCKET, "2026-06/users.csv", users_csv("a", "b", "c"))
    cloud.s3.put_object(Bucket=BUCKET, Key="2026-07/users.csv", Body=users_csv("d", "e"))
    cloud.s3.put_object(Bucket=BUCKET, Key="2026-08/users.csv", Body="USER_ID,CLASS\nf,gold\n,silver\n")
    deploy_directly(cloud, "2026-06")
    cloud.aws.control("POST", "clock", {"speed": 40})
    yield cloud
    cloud.aws.control("POST", "clock", {"speed": 100})


def deploy_directly(cloud: Cloud, folder: str) -> str:
    """Create or update the stack without the CDK CLI, and return the status that it ends with."""
    assembly, client = cloud.synthesize(app(folder)), cloud.cloudformation
    publish(cloud, assembly / f"{STACK}.assets.json")
    template = json.dumps(json.loads((assembly / f"{STACK}.template.json").read_text()))
    deploy = client.update_stack if folder != "2026-06" else client.create_stack
    deploy(StackName=STACK, TemplateBody=template, Capabilities=["CAPABILITY_IAM"])

    def status() -> str:
        return client.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"]

    until(lambda: not status().endswith("IN_PROGRESS"))
    return status()


def require_in_page(what: str, *screens: str) -> None:
    recording = "".join(f"```console\n{screen}\n```\n\n" for screen in screens)
    before, begin, rest = PAGE.read_text().partition(BEGIN.format(what))
    stands, end, after = rest.partition(END)
    assert begin, what
    assert end, what
    if os.environ.get("RENEW_GOLDEN"):
        PAGE.write_text(f"{before}{begin}{recording}{end}{after}")
        stands = recording
    assert structure(stands) == structure(recording)


def structure(text: str) -> str:
    """Leave out what differs from run to run: times, and the blanks that line them up."""
    return re.sub(r" +", " ", VARIES.sub("TIME", text))


def test_the_docs_show_the_output_of_status(shop: Cloud) -> None:
    shop.aws.control("POST", "jobs/hold", {"job_name": "*"})
    deploy = ("--app", str(shop.synthesize(app("2026-07"))), "--all", "--require-approval", "never")
    with shop.cdk.start("deploy", *deploy) as deploying:
        client = shop.cloudformation
        until(lambda: client.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"] == "UPDATE_IN_PROGRESS")
        watching = Recorder("status", STACK, "--watch", columns=130, env=shop.aws.environment)
        running = watching.read_until_shown(lambda screen: "CREATE IN_PROGRESS" in screen)
        shop.aws.control("POST", "jobs/release", {"job_name": "*"})
        ended = watching.ended()
        deploying.wait()
    assert ended.code == 0
    assert not watching.cursor_is_hidden
    require_in_page("an import", running, ended.output)

    assert deploy_directly(shop, "2026-08") == "UPDATE_ROLLBACK_COMPLETE"
    failed = run("status", STACK, env=shop.aws.environment)
    assert failed.code == 1
    require_in_page("a failure", f"$ personalize-import status {STACK}\n{failed.output.rstrip()}")
