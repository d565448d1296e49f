"""Amazon Resource Names of Personalize, made and read."""

from personalize_local.personalize.interfaces import Scope


def schema_arn(scope: Scope, name: str) -> str:
    """Return the ARN of the schema called `name`."""
    return _arn(scope, f"schema/{name}")


def dataset_group_arn(scope: Scope, name: str) -> str:
    """Return the ARN of the dataset group called `name`."""
    return _arn(scope, f"dataset-group/{name}")


def dataset_arn(dataset_group: str, dataset_type: str) -> str:
    """Return the ARN of the group's dataset of a type; its own name is no part of it, so a successor has the same."""
    head, _, group_name = dataset_group.partition(":dataset-group/")
    return f"{head}:dataset/{group_name}/{dataset_type}"


def dataset_import_job_arn(scope: Scope, job_name: str) -> str:
    """Return the ARN of the dataset import job called `job_name`."""
    return _arn(scope, f"dataset-import-job/{job_name}")


def solution_arn(scope: Scope, name: str) -> str:
    """Return the ARN of the solution called `name`."""
    return _arn(scope, f"solution/{name}")


def scope_of(arn: str) -> Scope:
    """Return the partition, Region and account that an ARN names; raise ValueError if it isn't an ARN."""
    prefix, partition, _service, region, account, _resource = arn.split(":", 5)
    if prefix != "arn":
        raise ValueError(f"not an ARN: {arn}")
    return Scope(account=account, region=region, partition=partition)


def last_part(arn: str) -> str:
    """Return what stands behind the ARN's last slash: for most resources, the name."""
    return arn.rpartition("/")[2]


def _arn(scope: Scope, resource: str) -> str:
    return f"arn:{scope.partition}:personalize:{scope.region}:{scope.account}:{resource}"
