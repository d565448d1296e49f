"""The security page names every action that any policy of this project allows, and what is proved of it is so."""

import re
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from demo.sample import SCHEMA
from demo.schema import DemoSchema
from demo.stacks import DataStack, DemoStack

from personalize_import import DatasetImportJob, DataSource
from personalize_import.provider.provider import DatasetImportProvider
from tests.deploy import test_state_changes
from tests.deploy.support.permission_removal import ONLY_ON_AWS, actions, policies, variants
from tests.deploy.test_permissions_of_data import data_stack, data_variants

PAGE = (Path(__file__).parents[2] / "docs" / "security.md").read_text()
# Of a key that an app makes, the CDK's: the account's own policies say who may use it.
OF_THE_KEY = "kms:*"


def allowed_or_denied(*stacks: cdk.Stack) -> set[str]:
    templates = [dict(assertions.Template.from_stack(stack).to_json()) for stack in stacks]
    documents = [document for template in templates for _, document in policies(template)]
    return {action for document in documents for statement in document["Statement"] for action in actions(statement)}


@pytest.fixture(scope="module")
def demo() -> tuple[cdk.Stack, cdk.Stack]:
    app = cdk.App()
    data = DataStack(app, "Data")
    schema = DemoSchema.from_file(SCHEMA)
    return data, DemoStack(app, "Demo", schema=schema, data=data.bucket, reimport_token=None)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> cdk.Stack:
    """A stack with asset files."""
    return data_stack(cdk.App(), tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def tried(demo: tuple[cdk.Stack, cdk.Stack], data: cdk.Stack) -> set[str]:
    templates: dict[str, Any] = {stack.stack_name: assertions.Template.from_stack(stack).to_json() for stack in demo}
    of_data = data_variants(dict(assertions.Template.from_stack(data).to_json()))
    return {test_state_changes.PUT_EVENTS, *(variant.action for variant in [*variants(templates), *of_data])}


@pytest.fixture(scope="module")
def everything(demo: tuple[cdk.Stack, cdk.Stack], data: cdk.Stack) -> set[str]:
    """The actions of the demo, of asset files, and of a stack with keys, tracing and state changes."""
    stack = cdk.Stack(cdk.App(), "Everything")
    log_key, key = kms.Key(stack, "LogKey"), kms.Key(stack, "Key")
    DatasetImportProvider(stack, "DatasetImportProvider", tracing=True, encryption_key=log_key)
    bucket = s3.Bucket(stack, "Bucket", encryption_key=key)
    dataset = "arn:aws:personalize:eu-west-1:123456789012:dataset/group/USERS"
    job = DatasetImportJob(stack, "Import", dataset=dataset, data_source=DataSource.from_bucket(bucket, "users.csv"))
    job.on_failed("Failed")
    return allowed_or_denied(*demo, data, stack) - {OF_THE_KEY}


def test_every_action_is_tested_or_listed_as_exercised_only_by_the_real_aws(
    everything: set[str], tried: set[str]
) -> None:
    assert everything == tried | set(ONLY_ON_AWS)
    assert tried & set(ONLY_ON_AWS) == set()


def test_the_page_names_every_action(everything: set[str]) -> None:
    assert [action for action in sorted(everything) if f"`{action}`" not in PAGE] == []


def test_the_page_lists_actions_of_only_the_real_aws_with_their_documentation() -> None:
    section = PAGE.partition("## What only the real AWS exercises")[2].partition("\n## ")[0]
    rows = [row.split(" | ") for row in re.findall(r"^\| (`.*) \|$", section, re.MULTILINE)]
    listed = {
        action: re.findall(r"\((https://\S+)\)", demanded_by)
        for named, _, demanded_by in rows
        for action in re.findall("`([^`]+)`", named)
    }
    assert listed == {action: [page] for action, page in ONLY_ON_AWS.items()}


def test_every_threat_has_an_actor_and_existing_tests() -> None:
    table = PAGE.partition("## Threats")[2].partition("What these controls don't do")[0]
    rows = [row for row in table.splitlines() if row.startswith("| ") and not row.startswith(("| actor", "| ---"))]
    defined = {
        name
        for path in (Path(__file__).parents[1]).rglob("test_*.py")
        for name in re.findall(r"^(?:async )?def (test_\w+)", path.read_text(), re.MULTILINE)
    }
    assert rows
    for row in rows:
        actor, attempt, control, tests = (cell.strip() for cell in row.strip("|").split(" | "))
        assert attempt, row
        assert control, row
        assert actor or row != rows[0], row
        named = re.findall(r"`(test_\w+)`", tests)
        assert named, row
        assert [name for name in named if name not in defined] == [], row
