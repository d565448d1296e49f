"""docs/security.md explains each finding of NIST 800-53 R5 and of checkov, and no other."""

import re
from typing import Any, Final

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from cdk_nag import AwsSolutionsChecks, NagPack, NIST80053R5Checks

from personalize_import import DatasetImportProvider
from tests.constructs.support.stacks import add_job, new_app, new_stack
from tests.security import test_checkov
from tests.security.support.templates import ROOT, STACKS, Synthesized, sound
from tests.security.test_cdk_nag import acknowledged

PAGE: Final = (ROOT / "docs/security.md").read_text()
SECTION: Final = PAGE.partition("\n## What the rule packs find\n")[2].partition("\n## ")[0]
ANSWERS: Final = re.findall(r"^\| (?:`(\w+)` )?\| (?:`(CKV_\w+)` )?\| (.+) \|$", SECTION, re.MULTILINE)


def rules(pack: type[NagPack], stack: cdk.Stack) -> set[str]:
    found = {violation.rule_name for violation in pack(stack).validate_scope(stack).violations}
    return {rule.removeprefix("NIST.800.53.R5-") for rule in found}


def test_each_finding_of_nist_800_53_is_explained_and_no_other() -> None:
    found = {rule for name in STACKS for rule in rules(NIST80053R5Checks, sound().stack(name))}

    assert sorted(rule for rule, _, _ in ANSWERS if rule) == sorted(found)


def test_each_finding_of_checkov_is_explained_and_no_other() -> None:
    assert {check for _, check, _ in ANSWERS if check} == {check for check, _ in test_checkov.ACCEPTED}


def test_the_table_of_suppressions_names_the_suppressed_rules() -> None:
    stacks = [sound().stack(name) for name in STACKS if name != "DemoData"]  # that one has the demo's own
    accepted = {rule.partition("[")[0] for stack in stacks for _, rule in acknowledged(stack)}

    assert set(re.findall(r"^\| `(AwsSolutions-\w+)`", SECTION, re.MULTILINE)) == accepted


@pytest.fixture(scope="module")
def of_the_page() -> cdk.Stack:
    """A stack with the provider that the page shows."""
    app = new_app()
    stack = new_stack("Hardened", app)
    names: dict[str, Any] = {
        "stack": stack,
        "key": kms.Key(stack, "Key", enable_key_rotation=True),
        "queue": sqs.Queue(stack, "Queue", enforce_ssl=True),
        "vpc": ec2.Vpc.from_vpc_attributes(
            stack, "Vpc", vpc_id="vpc-1", availability_zones=["a"], private_subnet_ids=["subnet-1"]
        ),
    }
    (example,) = re.findall(r"^```python\n(.*?)^```", SECTION, re.DOTALL | re.MULTILINE)
    exec(example, names)
    add_job(stack)
    return Synthesized.of(app).stack("Hardened")


def test_the_provider_of_the_page_has_only_the_documented_finding(of_the_page: cdk.Stack) -> None:
    of_the_queue = {"SQSQueueDLQ"}

    assert rules(NIST80053R5Checks, of_the_page) - of_the_queue == {"IAMNoInlinePolicy"}


def test_tracing_causes_no_finding_of_aws_solutions() -> None:
    app = new_app()
    stack = new_stack("Traced", app)
    DatasetImportProvider(stack, "DatasetImportProvider", tracing=True)
    add_job(stack)

    assert rules(AwsSolutionsChecks, Synthesized.of(app).stack("Traced")) == set()
