"""Names of jobs: the same import always gets the same name, so that it is found again instead of started twice.

There is no client token for import jobs, no way to delete or stop one, and a name is used up once and for all. But a
job's ARN is a pure function of its name, so a name made of what is imported can be described before it is created.
"""

import hashlib
import json
import re
from dataclasses import dataclass

from personalize_import_handler import contract
from personalize_import_handler.properties import ImportProperties

_HASH_LENGTH = 12


@dataclass(frozen=True)
class Resource:
    """The custom resource that a request is about."""

    stack_id: str
    logical_id: str

    @property
    def stack_name(self) -> str:
        """The stack's name; unlike its id, a retried first deploy has the same, and must find its running job."""
        return self.stack_id.split("/")[1]

    def job_arn(self, job_name: str) -> str:
        """Make the ARN of a job in the stack's own account and Region."""
        _, partition, _, region, account, _ = self.stack_id.split(":", 5)
        return f"arn:{partition}:personalize:{region}:{account}:dataset-import-job/{job_name}"


def what_is_imported(properties: ImportProperties) -> tuple[object, ...]:
    """Pick the properties that decide which data is imported and how: if one changes, it is another import.

    The schema is among them although no request carries it: a dataset that is replaced for a new schema keeps its ARN,
    and would stay empty. The job's name is not: a new prefix alone gives no new data.
    """
    return (
        properties.dataset_arn,
        properties.schema_arn,
        properties.data_location,
        properties.role_arn,
        properties.import_mode,
        properties.publish_attribution_metrics_to_s3,
        properties.reimport_token,
    )


def job_name(properties: ImportProperties, resource: Resource, attempt: int) -> str:
    """Name the job of one attempt (from 1) at importing what `properties` say for `resource`."""
    return f"{job_name_stem(properties, resource)}{attempt}"


def job_name_stem(properties: ImportProperties, resource: Resource) -> str:
    """Give what the names of all attempts begin with."""
    basis = json.dumps([resource.stack_name, resource.logical_id, *what_is_imported(properties)])
    digest = hashlib.sha256(basis.encode()).hexdigest()[:_HASH_LENGTH]
    return f"{properties.job_name or _default_prefix(resource)}-{digest}-"


def _default_prefix(resource: Resource) -> str:
    """Make a prefix of the stack's and the resource's names, as CloudFormation does for what it names."""
    name = re.sub(r"[^a-zA-Z0-9\-_]", "-", f"{resource.stack_name}-{resource.logical_id}")
    return name[: contract.JOB_NAME_LENGTH_MAX].rstrip("-")
