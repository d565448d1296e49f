"""Amazon Resource Names of Personalize, and their parts."""

from typing import TypedDict, cast

from botocore.utils import ArnParser

from personalize_local.personalize.interfaces import AccountRegion


class ArnParts(TypedDict):
    """The parts of an ARN."""

    partition: str
    service: str
    region: str
    account: str
    resource: str


def schema_arn(at: AccountRegion, name: str) -> str:
    """Return the ARN of a schema."""
    return arn_of(at, f"schema/{name}")


def dataset_group_arn(at: AccountRegion, name: str) -> str:
    """Return the ARN of a dataset group."""
    return arn_of(at, f"dataset-group/{name}")


def dataset_arn(dataset_group: str, dataset_type: str) -> str:
    """Return the ARN of a dataset by its group's ARN and its type; the dataset's name is not part of it."""
    head, _, group_name = dataset_group.partition(":dataset-group/")
    return f"{head}:dataset/{group_name}/{dataset_type}"


def dataset_import_job_arn(at: AccountRegion, job_name: str) -> str:
    """Return the ARN of a dataset import job."""
    return arn_of(at, f"dataset-import-job/{job_name}")


def parse_arn(arn: str) -> ArnParts:
    """Return the parts of an ARN; raise ValueError if there are fewer than six."""
    return cast("ArnParts", ArnParser().parse_arn(arn))


def account_region_of(arn: str) -> AccountRegion:
    """Return the account, Region and partition of an ARN; raise ValueError if it isn't an ARN."""
    parts = parse_arn(arn)
    return AccountRegion(account=parts["account"], region=parts["region"], partition=parts["partition"])


def last_part(arn: str) -> str:
    """Return the part of an ARN after the last slash: for most resources, the name."""
    return arn.rpartition("/")[2]


def arn_of(at: AccountRegion, resource: str) -> str:
    """Return the ARN of a resource from its last part, such as `filter/recent`."""
    return f"arn:{at.partition}:personalize:{at.region}:{at.account}:{resource}"
