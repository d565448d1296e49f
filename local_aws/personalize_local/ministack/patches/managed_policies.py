"""AWS managed policies that samples for Personalize attach to roles, and ministack lacks.

The statements are those of the policies' default versions:
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
"""

import json
from typing import Any, Final

from ministack.services import iam


def add_managed_policies() -> None:
    """Add the policies to the managed ones of IAM."""
    for name, statements in _POLICIES.items():
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        record = iam._make_aws_managed_record(name, document)  # noqa: SLF001
        iam._aws_managed_policies[record["Arn"]] = record  # noqa: SLF001


def _allow(*actions: str, resources: str | list[str] = "*", **more: object) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resources, **more}


_POLICIES: Final = {
    # It allows reading only from buckets with `personalize` or `Personalize` in their name.
    "service-role/AmazonPersonalizeFullAccess": [
        _allow("personalize:*"),
        _allow("cloudwatch:PutMetricData", "cloudwatch:ListMetrics"),
        _allow(
            *("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"),
            resources=["arn:aws:s3:::*Personalize*", "arn:aws:s3:::*personalize*"],
        ),
        _allow("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "personalize.amazonaws.com"}}),
    ],
    "AmazonS3FullAccess": [_allow("s3:*", "s3-object-lambda:*")],
    "AmazonS3ReadOnlyAccess": [
        _allow("s3:Get*", "s3:List*", "s3:Describe*", "s3-object-lambda:Get*", "s3-object-lambda:List*")
    ],
    "AWSStepFunctionsFullAccess": [_allow("states:*")],
}
