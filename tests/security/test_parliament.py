"""parliament, a linter of policies, finds nothing: https://github.com/duo-labs/parliament."""

import json
from collections.abc import Iterator
from typing import Any, Final

import parliament
import pytest

from tests.security.policies import Policy, policies_of
from tests.security.templates import GOLDEN, STACKS, sound

# parliament brings a copy of the service authorization reference, of April 2025. By now that names the import job as a
# resource of these: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonpersonalize.html
_NAMED_SINCE: Final = "the import job is a resource of it"
# A state machine or a map run, where parliament wants both:
# https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html
_EITHER: Final = "a list is of one state machine or of one map run"
ACCEPTED: Final = {
    ("RESOURCE_MISMATCH", "personalize:ListTagsForResource"): _NAMED_SINCE,
    ("RESOURCE_MISMATCH", "personalize:TagResource"): _NAMED_SINCE,
    ("RESOURCE_MISMATCH", "personalize:UntagResource"): _NAMED_SINCE,
    ("RESOURCE_MISMATCH", "states:ListExecutions"): _EITHER,
}


def findings_of(policy: Policy) -> Iterator[tuple[str, str]]:
    """Yield issues, each with the action that it is about, or with what else it says."""
    analyzed = parliament.analyze_policy_string(json.dumps(policy.document))
    for finding in analyzed.findings:
        if policy.resource_type == "AWS::KMS::Key" and finding.issue == "RESOURCE_STAR":
            continue  # a key's policy is about the key: https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
        details = finding.detail if isinstance(finding.detail, list) else [finding.detail]
        yield from ((finding.issue, each["action"] if isinstance(each, dict) else str(each)) for each in details)


def findings(template: dict[str, Any]) -> set[tuple[str, str]]:
    return {finding for policy in policies_of(template) for finding in findings_of(policy)}


@pytest.mark.parametrize("stack", STACKS)
def test_the_policies_of_a_stack_have_nothing_to_be_corrected(stack: str) -> None:
    assert findings(sound().templates[stack]) - set(ACCEPTED) == set()


def test_what_is_accepted_is_found() -> None:
    assert findings(json.loads(GOLDEN.read_text())) == set(ACCEPTED)


def test_an_action_that_does_not_exist_is_found() -> None:
    template = json.dumps(sound().templates["TwentyJobs"]).replace("s3:GetObject", "s3:GetObjects")

    assert ("UNKNOWN_ACTION", "Unknown action s3:GetObjects") in findings(json.loads(template))


def test_an_action_on_a_resource_of_another_kind_is_found() -> None:
    template = json.dumps(sound().templates["TwentyJobs"]).replace("s3:GetObject", "s3:GetBucketTagging")

    assert ("RESOURCE_MISMATCH", "s3:GetBucketTagging") in findings(json.loads(template))
