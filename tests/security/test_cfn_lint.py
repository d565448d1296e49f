"""cfn-lint has no findings in the templates: https://github.com/aws-cloudformation/cfn-lint."""

import json
from typing import Any, Final

import pytest
from cfnlint.api import lint as lint_text
from cfnlint.config import ManualArgs

from tests.security.support.templates import STACKS, faulty, sound

# W3005 finds a DependsOn that a GetAtt makes needless. The CDK writes one for each resource of a dependency, and this
# library wants all of a role: no GetAtt holds its policies.
IGNORED: Final = ["W3005"]
SMALL: Final = sorted({*STACKS} - {"TwentyJobs"})


def findings(template: dict[str, Any]) -> list[str]:
    """Return errors and warnings."""
    config = ManualArgs(ignore_checks=IGNORED, regions=["us-east-1"])
    return [f"{match.rule.id} {match.message}" for match in lint_text(json.dumps(template), config=config)]


@pytest.mark.parametrize("stack", [*SMALL, pytest.param("TwentyJobs", marks=pytest.mark.slow)])
def test_a_template_has_no_findings(stack: str) -> None:
    assert findings(sound().templates[stack]) == []


def test_a_role_without_a_trust_policy_is_found() -> None:
    template = faulty().templates["Faulty"]
    for resource in template["Resources"].values():
        resource["Properties"].pop("AssumeRolePolicyDocument", None)

    assert "E3003 'AssumeRolePolicyDocument' is a required property" in findings(template)


def test_an_action_that_does_not_exist_is_found() -> None:
    template = json.dumps(sound().templates["Demo"]).replace("s3:GetObject", "s3:GetObjects")

    assert [found for found in findings(json.loads(template)) if "'getobjects'" in found]
