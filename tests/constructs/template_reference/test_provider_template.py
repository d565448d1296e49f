"""The provider's template is complete, and its functions run with it alone."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from personalize_import.template_reference.provider_template import provider_template
from tests.security.test_cfn_lint import findings

TEMPLATE_BYTES_MAX = 1_000_000
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html, from S3."""
INLINE_BYTES_MAX = 4 * 1024 * 1024


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    text = provider_template()
    assert len(text.encode()) < TEMPLATE_BYTES_MAX
    return dict(json.loads(text))


def functions_of(template: dict[str, Any]) -> list[dict[str, Any]]:
    resources = template["Resources"].values()
    return [each["Properties"] for each in resources if each["Type"] == "AWS::Lambda::Function"]


def test_the_same_code_makes_the_same_template(template: dict[str, Any]) -> None:
    assert json.loads(provider_template()) == template


def test_nothing_of_the_cdk_is_needed_to_deploy_it(template: dict[str, Any]) -> None:
    assert set(template["Parameters"]) == {"ImportRolePath"}
    assert "cdk" not in json.dumps({**template, "Resources": [*template["Resources"]]})
    assert not [each for each in template["Resources"].values() if "Metadata" in each]
    for function in functions_of(template):
        assert set(function["Code"]) == {"ZipFile"}
        assert len(function["Code"]["ZipFile"]) < INLINE_BYTES_MAX


def test_the_linter_finds_nothing(template: dict[str, Any]) -> None:
    assert findings(template) == []


def test_roles_are_bounded_by_the_parameter(template: dict[str, Any]) -> None:
    text = json.dumps(template)
    assert '":role", {"Ref": "ImportRolePath"}, "*"' in text
    assert ":role/" not in text


@pytest.mark.parametrize("number", [0, 1])
def test_a_function_starts_from_its_code_alone(template: dict[str, Any], number: int, tmp_path: Path) -> None:
    function = functions_of(template)[number]
    module, _, name = function["Handler"].rpartition(".")
    (tmp_path / f"{module}.py").write_text(function["Code"]["ZipFile"])
    # As in Lambda, boto3 is there, and neither the handler nor crhelper but for those in the package.
    check = (
        f"import sys; sys.path.insert(0, '.'); import {module}, crhelper, personalize_import_handler as handler; "
        f"print({module}.{name}.__name__, 'personalize-import-' in handler.__file__, '.zip' in crhelper.__file__)"
    )
    environment = {"AWS_REGION": "eu-west-1", "TMPDIR": str(tmp_path), "PATH": os.defpath, "STATE_MACHINE_ARN": "arn"}
    ran = subprocess.run(
        [sys.executable, "-c", check], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    expected = function["Description"].rpartition(" ")[2]
    assert ran.stdout.split() == [expected, "True", "True"]
