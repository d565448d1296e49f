"""The Regions that have Amazon Personalize."""

from typing import Final

import aws_cdk as cdk

from personalize_import.synthesis.stack_environment import environment_of, is_token, once_per_stack
from personalize_import.synthesis.warnings import WARNING_ID_PREFIX

# https://docs.aws.amazon.com/general/latest/gr/personalize.html
REGIONS: Final = (
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "cn-north-1",
    "eu-central-1",
    "eu-west-1",
    "us-east-1",
    "us-east-2",
    "us-west-2",
)


@once_per_stack
def warn_of_region(stack: cdk.Stack) -> None:
    """Warn once if the Region of a stack is known and doesn't have Personalize; no error, because AWS adds Regions."""
    region = environment_of(stack).region
    if not is_token(region) and region not in REGIONS:
        cdk.Annotations.of(stack).add_warning_v2(
            f"{WARNING_ID_PREFIX}region",
            f"Region {region} doesn't have Amazon Personalize, as far as this version knows. Deploy the stack to one "
            f"of {', '.join(REGIONS)}",
        )
