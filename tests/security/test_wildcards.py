"""A walk over every policy of every template: no action is a pattern, and resources are named, but for those here."""

import json
from typing import Any, Final

import pytest

from tests.security.support.policies import Policy, as_list, policies_of
from tests.security.support.templates import GOLDEN, STACKS, faulty, sound

# The only actions that may be allowed on every resource, each with the page that says it supports no resource types.
KNOW_NO_RESOURCES: Final = {
    "personalize:ListDatasetImportJobs": "https://docs.aws.amazon.com/service-authorization/latest/reference/"
    "list_amazonpersonalize.html#amazonpersonalize-actions-as-permissions",
}
# What the CDK writes into the policy of every key: without it the account's own administrators couldn't change the key.
# https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#key-policy-default-allow-root-enable-iam
KEY_OF_THE_ACCOUNT: Final = {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
    "Action": "kms:*",
    "Resource": "*",
}


def allowing(policy: Policy) -> list[dict[str, Any]]:
    """Return the statements that allow something, without the account's own of a key."""
    return [each for each in policy.statements() if each["Effect"] == "Allow" and each != KEY_OF_THE_ACCOUNT]


def patterns_of_actions(template: dict[str, Any]) -> list[str]:
    return [
        f"{policy.logical_id}: {action}"
        for policy in policies_of(template)
        for statement in allowing(policy)
        for action in as_list(statement.get("Action", "*"))  # no Action is a NotAction: all but those
        if "*" in action or "?" in action
    ]


def actions_on_everything(template: dict[str, Any]) -> set[str]:
    return {
        action
        for policy in policies_of(template)
        if policy.resource_type
        != "AWS::KMS::Key"  # https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
        for statement in allowing(policy)
        if "*" in as_list(statement.get("Resource", "*"))
        for action in as_list(statement["Action"])
    }


def template_of(name: str) -> dict[str, Any]:
    golden: dict[str, Any] = json.loads(GOLDEN.read_text())
    return golden if name == "golden" else sound().templates[name]


@pytest.mark.parametrize("name", [*STACKS, "golden"])
def test_no_policy_allows_a_pattern_of_actions(name: str) -> None:
    assert patterns_of_actions(template_of(name)) == []


@pytest.mark.parametrize("name", [*STACKS, "golden"])
def test_only_actions_without_resources_are_allowed_on_all_resources(name: str) -> None:
    assert actions_on_everything(template_of(name)) <= set(KNOW_NO_RESOURCES)


def test_every_action_without_resources_is_used() -> None:
    assert actions_on_everything(template_of("TwentyJobs")) == set(KNOW_NO_RESOURCES)


def test_every_role_bucket_and_key_is_checked() -> None:
    walked = [policy.resource_type for policy in policies_of(template_of("OwnKey"))]

    assert set(walked) == {"AWS::IAM::Role", "AWS::IAM::Policy", "AWS::S3::BucketPolicy", "AWS::KMS::Key"}
    assert len({policy.logical_id for policy in policies_of(template_of("TwentyJobs"))}) > 20


def test_a_role_that_may_do_anything_is_found() -> None:
    template = faulty().templates["Faulty"]

    assert [found.partition(": ")[2] for found in patterns_of_actions(template)] == ["*"]
    assert actions_on_everything(template) == {"*"}


def test_no_role_has_a_managed_policy_attached() -> None:
    for name in [*STACKS, "golden"]:
        for resource in template_of(name)["Resources"].values():
            assert "ManagedPolicyArns" not in resource.get("Properties", {})
