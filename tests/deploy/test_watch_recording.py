"""`watch` on a terminal beside a `cdk deploy`, and `explain` after it: what is seen there stands in docs/watch.md.

To write what is seen into the page: RENEW_GOLDEN=1 python -m pytest tests/deploy/test_watch_recording.py
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import aws_cdk as cdk
import pytest

from tests.cli.recorder import Recorder
from tests.cli.runs import run
from tests.deploy.cloud import Cloud
from tests.deploy.direct import publish, until
from tests.deploy.stacks import UsersStack, users_csv

pytestmark = [pytest.mark.deploy, pytest.mark.slow]

PAGE = Path(__file__).parents[2] / "docs" / "watch.md"
BEGIN = "<!-- recording of {}: written by RENEW_GOLDEN=1 pytest tests/deploy/test_watch_recording.py -->\n\n"
END = "<!-- end -->"
VARIES = re.compile(r"(\d+ h )?(\d+ min )?\d+ (s|min)\b")
STACK, BUCKET = "Shop", "shop-data"


def app(folder: str) -> Callable[[cdk.App], None]:
    def build(app: cdk.App) -> None:
        app.node.set_context("aws:cdk:enable-path-metadata", True)  # as the CDK CLI does
        UsersStack(app, STACK, f"s3://{BUCKET}/{folder}/")

    return build


@pytest.fixture
def shop(cloud: Cloud) -> Iterator[Cloud]:
    """A stack with an import, and data for the next ones; in a time in which a person could look on."""
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


def test_what_a_terminal_shows_beside_a_deploy_stands_in_the_docs(shop: Cloud) -> None:
    watching = Recorder("watch", STACK, "--next", "--every", "1", columns=100, env=shop.aws.environment)
    waits = watching.read_until_shown(lambda screen: "waiting" in screen)
    assert waits == "Shop: waiting for the next operation to begin"

    deploy = ("--app", str(shop.synthesize(app("2026-07"))), "--all", "--require-approval", "never")
    with shop.cdk.start("deploy", *deploy) as deploying:
        running = watching.read_until_shown(lambda screen: re.search(r"CREATE IN_PROGRESS +[1-3] min", screen))
        ended = watching.ended()
        deploying.wait()
    assert ended.code == 0
    assert not watching.cursor_is_hidden
    require_in_page("watch", running, ended.output)

    assert deploy_directly(shop, "2026-08") == "UPDATE_ROLLBACK_COMPLETE"
    explained = run("explain", STACK, env=shop.aws.environment)
    assert explained.code == 1
    require_in_page("explain", f"$ personalize-import explain {STACK}\n{explained.output.rstrip()}")
