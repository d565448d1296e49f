"""The first hour of a newcomer: the commands of the README as they are written, and then wrong inputs."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.demo.support.newcomer import Newcomer
from tests.docs.support.blocks import text_of

pytestmark = [pytest.mark.deploy, pytest.mark.slow, pytest.mark.nightly]

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

WRONG_ARGUMENTS = {
    "a prefix without a slash": (
        "DataSource.from_asset(str(data))",
        'DataSource.from_s3_uri("s3://my-interactions/interactions")',
        "interactions/",
    ),
    "a field without data": ("DatasetSchema.interactions()", 'DatasetSchema.items().field("PRICE", "float")', "PRICE"),
    "a timeout of 40 hours": (
        "DataSource.from_asset(str(data))",
        "DataSource.from_asset(str(data)), timeout=cdk.Duration.hours(40)",
        "40 hours",
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


def _install(newcomer: Newcomer) -> None:
    newcomer.run("pip install .", text_of("README.md: pip install ."))
    folder = newcomer.checkout / "first"
    folder.mkdir()
    (folder / "app.py").write_text(text_of("README.md: from pathlib"))
    newcomer.run("synth of the first example", "cdk synth --quiet --app 'python3 app.py'", folder)
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
    program = str(newcomer.checkout / ".venv/bin/personalize-import")
    local = [program, "local", "--speed", "60", "--"]
    _deploy, command = text_of("README.md: cdk deploy --app").splitlines()
    first = newcomer.run(
        "the first example", command.replace("personalize-import", program), newcomer.checkout / "first"
    )
    assert "Deployment time" in first
    deployed = newcomer.run("cdk deploy", text_of("README.md: pip install -r requirements.txt"), before=local)
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
    folder = newcomer.checkout / "first"
    example = (folder / "app.py").read_text()
    for name, (right, wrong, message) in WRONG_ARGUMENTS.items():
        assert right in example
        (folder / "wrong.py").write_text(example.replace(right, wrong))
        command = "cdk synth --quiet --strict --app 'python3 wrong.py'"
        assert message in newcomer.run(name, command, folder, fails=True), name
