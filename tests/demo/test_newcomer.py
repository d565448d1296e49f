"""The first hour of a newcomer: the commands of the README as they are written, and then wrong inputs."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.demo.support.newcomer import Newcomer
from tests.docs.support.blocks import text_of

pytestmark = [pytest.mark.deploy, pytest.mark.slow, pytest.mark.nightly]

WRONG_APP = "python3 tests/demo/support/wrong_app.py"

# The columns of interactions.csv, the sample of ml_ops in aws-samples/amazon-personalize-samples.
HEADER = "USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\n"
SAMPLE = HEADER + "".join(f"{number % 300},{number % 700},watch,{874_724_710 + number}\n" for number in range(1200))

WRONG_DATA = {
    "a byte order mark": (
        f"\ufeff{SAMPLE}".encode(),
        "the file begins with a byte order mark in data.csv, line 1. Save the file as UTF-8 without a byte order mark",
    ),
    "semicolons": (SAMPLE.replace(",", ";").encode(), "(semicolons separate the names, not commas) in data.csv"),
    "gzip": (gzip.compress(SAMPLE.encode()), "the file is not text (gzip) in data.csv. Store the data as plain CSV"),
    "text as a time": (f"{SAMPLE}1,2,watch,yesterday\n".encode(), "data.csv:1202: error: "),
}

# The functions of wrong_app.py, and what the first output of the CDK CLI says about them.
AT_SYNTH = {
    "prefix_without_a_slash": "If it is a folder, end it with a slash: 'interactions/'",
    "incremental_alone": "The first import into a dataset must be FULL",
    "timeout_of_40_hours": "timeout must be from 1 minute to 36 hours, in whole seconds, got 40 hours",
    "role_outside_the_path": "role must be a role whose path begins with /team/",
    "queue_of_another_stack": "Pass cross_stack_scope, such as the stack Ops, to create the rule there",
}

# The same for a deploy, and what `personalize-import status` says afterwards.
AT_DEPLOY = {
    "another_account": (
        "is in account 999999999999 (the stack: 000000000000)",
        "Import failed: DatasetArn 'arn:aws:personalize:eu-west-1:999999999999:dataset/shop/INTERACTIONS'",
    ),
    "no_such_dataset": (
        "dataset/shop/INTERACTIONS does not exist.",
        "The first deploy failed, and the stack can't be updated. Fix the problem, and run: cdk deploy",
    ),
    "another_resource_fails": (
        "Failed resources:",
        "Import cancelled: CloudFormation did not reach it because Group (AWS::Personalize::DatasetGroup) failed:",
    ),
}


def test_a_newcomer_installs_deploys_and_corrects_wrong_inputs(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    newcomer = Newcomer(tmp_path, record_property)
    (newcomer.checkout / "interactions.csv").write_text(SAMPLE)
    _install(newcomer)
    _deploy_without_an_account(newcomer)
    _deploy_as_to_aws(newcomer)
    _correct(newcomer)
    _deploy_wrong_apps(newcomer)


def _install(newcomer: Newcomer) -> None:
    newcomer.run("pip install .", text_of("README.md: pip install ."))
    first = newcomer.checkout / "first"
    first.mkdir()
    (first / "app.py").write_text(text_of("README.md: from pathlib"))
    newcomer.run("synth of the first example", "cdk synth --quiet --strict --app 'python3 app.py'", first)
    refused = newcomer.run("a command without its extra", "personalize-import rules", fails=True)
    newcomer.run("the command that the message names", refused.partition("run: ")[2])
    assert "byte-order-mark" in newcomer.run("the command again", "personalize-import rules")


def _deploy_without_an_account(newcomer: Newcomer) -> None:
    first = newcomer.run("make deploy-local, with the installation", text_of("README.md: make deploy-local\n"))
    assert "Records   6000" in first
    own = newcomer.run("make deploy-local with own data", text_of("README.md: make deploy-local DATA"))
    assert "Proposed schema for interactions.csv" in own
    assert "Records   1200" in own
    assert newcomer.run("make dist", "make dist").endswith("-py3-none-any.whl\n")
    newcomer.run("make destroy-local", "make destroy-local")


def _deploy_as_to_aws(newcomer: Newcomer) -> None:
    _to_aws, command = text_of("README.md: cdk deploy --app").splitlines()
    command = command.replace("personalize-import", newcomer.local_aws[0])
    assert "Deployment time" in newcomer.run("the first example", command, newcomer.checkout / "first")
    commands = text_of("README.md: pip install -r requirements.txt")
    deployed = newcomer.run("cdk deploy", commands, before=[*newcomer.local_aws, "--"])
    assert "Proposed schema for interactions.csv" in deployed
    assert "PersonalizeDemoInteractions.Status = ACTIVE" in deployed
    shell, example = text_of("examples/README.md: make install"), text_of("examples/README.md: cd examples/minimal")
    deployed = newcomer.run("an example", f"{shell.rstrip()} <<'END'\nset -e\n{example}END\n")
    assert "PersonalizeMinimal" in deployed
    assert "Deployment time" in deployed


def _correct(newcomer: Newcomer) -> None:
    data = newcomer.checkout / "data.csv"
    for name, (content, message) in WRONG_DATA.items():
        data.write_bytes(content)
        output = newcomer.run(name, "make deploy-local DATA=data.csv", fails=True)
        assert message in output, name
        assert "Traceback" not in output
        output = newcomer.run(f"{name}, to AWS", "cdk synth --quiet -c data=data.csv", fails=True)
        assert "data.csv" in output
        assert "Traceback" not in output
    assert "DATA must be" in newcomer.run("no such file", "make deploy-local DATA=no.csv", fails=True)
    assert "no CSV files" in newcomer.run("a folder without data", "make deploy-local DATA=docs", fails=True)
    assert "IMPORT_SECONDS must be" in newcomer.run("a word", "make deploy-local IMPORT_SECONDS=soon", fails=True)
    for name, message in AT_SYNTH.items():
        assert message in newcomer.run(name, f"cdk synth --quiet --strict --app '{WRONG_APP} {name}'", fails=True), name


def _deploy_wrong_apps(newcomer: Newcomer) -> None:
    local = [*newcomer.local_aws, "--bootstrap", "--"]
    for name, (of_deploy, of_status) in AT_DEPLOY.items():
        deploy = f"cdk deploy --app '{WRONG_APP} {name}' || personalize-import status Shop"
        output = newcomer.run(name, deploy, fails=True, before=local)
        assert of_deploy in output, name
        assert of_status in output, name
    deploy, destroy = (f"cdk {command} --app '{WRONG_APP} shared_provider'" for command in ("deploy --all", "destroy"))
    both = f"{deploy} && {destroy} --force --exclusively Platform"
    output = newcomer.run("shared_provider", both, fails=True, before=local)
    assert "is imported by stack Shop" in output
