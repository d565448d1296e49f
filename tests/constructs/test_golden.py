"""A template under review: logical ids and properties change only with the golden file.

After an intended change, renew the file and review the difference:

    RENEW_GOLDEN=1 python -m pytest tests/constructs/test_golden.py && git diff tests/constructs/golden
"""

import json
import os
import re
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_s3 as s3

from personalize_import import DataSource, Reimport
from tests.constructs.support.stacks import ROLE_ARN, add_dataset, add_job, new_stack, template_of

GOLDEN = Path(__file__).parent / "golden" / "stack.template.json"


def representative_stack() -> cdk.Stack:
    stack = new_stack("Golden")
    bucket = s3.Bucket(stack, "Bucket")
    interactions = add_job(
        stack,
        "Interactions",
        dataset=add_dataset(stack),
        data_source=DataSource.from_bucket(bucket, "interactions/"),
        import_mode="FULL",
        job_name_prefix="interactions",
        tags={"team": "recommendations"},
        reimport=Reimport.when_value_changes("1"),
        timeout=cdk.Duration.minutes(30),
    )
    add_job(
        stack,
        "Items",
        dataset="arn:aws:personalize:eu-west-1:123456789012:dataset/group/ITEMS",
        data_source=DataSource.from_bucket(bucket, "items.csv"),
        role=iam.Role.from_role_arn(stack, "Role", ROLE_ARN),
        publish_attribution_metrics_to_s3=False,
        wait=False,
    )
    solution = personalize.CfnSolution(stack, "Solution", name="solution", dataset_group_arn="group")
    solution.node.add_dependency(interactions)
    return stack


def without_hashes(template: dict[str, Any]) -> str:
    """Write a template with masked asset names, because other tests cover the code."""
    return re.sub(r"[0-9a-f]{64}", "<hash of the code>", json.dumps(template, indent=2, sort_keys=True)) + "\n"


def test_the_template_matches_the_golden_one() -> None:
    synthesized = without_hashes(template_of(representative_stack()))
    if os.environ.get("RENEW_GOLDEN"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(synthesized, encoding="utf-8")

    assert synthesized == GOLDEN.read_text(encoding="utf-8"), f"see {__name__} for how to renew the file"
