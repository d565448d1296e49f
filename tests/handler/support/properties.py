"""Properties of the custom resource for tests."""

from typing import Any

from tests.handler.support.fakes import DATASET_ARN, ROLE_ARN
from tests.handler.support.fakes_stacks import folder_of

DATA_BUCKET = "shop-data-bucket"
ASSET_BUCKET = "s3://cdk-hnb659fds-assets-123456789012-eu-west-1"
DATA_LOCATION = "s3://shop-data/interactions/"


def properties(**changed: Any) -> dict[str, Any]:
    """Give the properties that every import needs, and what a test changes about them; None leaves one out."""
    needed = {
        "ServiceToken": "arn:aws:lambda:eu-west-1:123456789012:function:on-event",
        "DatasetArn": DATASET_ARN,
        "DataLocation": DATA_LOCATION,
        "RoleArn": ROLE_ARN,
    }
    return {name: value for name, value in {**needed, **changed}.items() if value is not None}


def asset_properties(
    *names: str, version: int = 1, folder: bool = True, stack: str = folder_of("shop")
) -> dict[str, Any]:
    """Return the properties of asset files: a version of the files, in the folder of a stack."""
    files = [{"Name": name, "Source": f"{ASSET_BUCKET}/{version}-{name}"} for name in names]
    location = f"s3://{DATA_BUCKET}/{stack}/{version:032}/{'' if folder else names[0]}"
    return properties(DataLocation=location, DataFiles=files)


def tags(**values: str) -> list[dict[str, str]]:
    """Give tags in CloudFormation's spelling."""
    return [{"Key": key, "Value": value} for key, value in values.items()]
