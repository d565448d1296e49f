"""Names of jobs: the same import always gets the same name, so that it is found again instead of started twice.

There is no client token for import jobs, no way to delete or stop one, and a name is used up once and for all. But a
job's ARN is a pure function of its name, so a name made of what is imported can be described before it is created.
"""

import hashlib
import json
import re
from typing import NamedTuple

from personalize_import_handler import contract
from personalize_import_handler.properties import ImportProperties

_HASH_LENGTH = 12
_REGION = r"[a-z]+(-[a-z]+)+-[0-9]+"
_OWN_ROLE = re.compile(
    rf"(?P<account>arn:[^/]*:role)(/.*)?{contract.IMPORT_ROLE_PATH}({_REGION}/)?(?P<stack>[^/]+)/[^/]+"
)


class Resource(NamedTuple):
    """The custom resource that a request is about."""

    stack_id: str
    logical_id: str

    @property
    def stack_name(self) -> str:
        """The stack's name; unlike its id, a retried first deploy has the same, and must find its running job."""
        return self.stack_id.split("/")[1]

    @property
    def job_arn_prefix(self) -> str:
        """What the ARNs of jobs in the stack's own account and Region begin with."""
        _, partition, _, region, account, _ = self.stack_id.split(":", 5)
        return f"arn:{partition}:personalize:{region}:{account}:dataset-import-job/"


class JobNames(NamedTuple):
    """The names that the jobs of one import have, by the number of the attempt."""

    arn_prefix: str
    stem: str

    def name(self, attempt: int) -> str:
        """Name the job of one attempt, from 1 on."""
        return f"{self.stem}{attempt}"

    def arn(self, attempt: int) -> str:
        """Make the ARN of the job of one attempt."""
        return f"{self.arn_prefix}{self.name(attempt)}"

    def include(self, dataset_import_job_arn: str) -> bool:
        """Say whether a job is one of this import."""
        return dataset_import_job_arn.startswith(f"{self.arn_prefix}{self.stem}")


def names_of(properties: ImportProperties, resource: Resource) -> JobNames:
    """Name the jobs of what `properties` say for `resource`; one that goes on waiting has the names of the import."""
    if properties.dataset_import_job_arn:
        prefix, _, name = properties.dataset_import_job_arn.partition("/")
        return JobNames(f"{prefix}/", name[: len(name) - len(str(attempt_of(name)))])
    basis = json.dumps([resource.stack_name, resource.logical_id, *what_is_imported(properties)])
    digest = hashlib.sha256(basis.encode()).hexdigest()[:_HASH_LENGTH]
    return JobNames(resource.job_arn_prefix, f"{_prefix(properties, resource)}{digest}-")


def arn_prefix_of(properties: ImportProperties, resource: Resource) -> str:
    """Give what the ARNs of all jobs begin with that `resource` starts, whatever the data is."""
    return f"{resource.job_arn_prefix}{_prefix(properties, resource)}"


def attempt_of(job_name_or_arn: str) -> int:
    """Read the number of the attempt from a name or an ARN that `JobNames` has made."""
    return int(job_name_or_arn.rpartition("-")[2])


def what_is_imported(properties: ImportProperties) -> tuple[object, ...]:
    """Pick the properties that decide which data is imported and how: if one changes, it is another import.

    The schema is among them although no request carries it: a dataset that is replaced for a new schema keeps its ARN,
    and would stay empty. The job's name is not: a new prefix alone gives no new data.
    """
    return (
        properties.dataset_arn,
        properties.schema_arn,
        properties.data_location,
        reader_of(properties.role_arn),
        properties.import_mode,
        properties.publish_attribution_metrics_to_s3,
        properties.reimport_token,
        # Only where it is known, so that all other jobs keep the names that they have had.
        *([properties.data_fingerprint] if properties.data_fingerprint else []),
    )


def reader_of(role_arn: str) -> str:
    """Tell roles apart as the user does: one of the construct's own is the same one whatever its name.

    CloudFormation gives it another name in each stack, so a first deploy that is tried again has a new one; but what it
    may read is the location, and that is compared anyway. Nor does it matter below which path a shared provider has it.
    The Region is left out: earlier versions had none in the path, and the names of their jobs must stay the same.
    """
    own = _OWN_ROLE.fullmatch(role_arn)
    return f"{own['account']}{contract.IMPORT_ROLE_PATH}{own['stack']}" if own else role_arn


def _prefix(properties: ImportProperties, resource: Resource) -> str:
    return f"{properties.job_name or _default_prefix(resource)}-"


def _default_prefix(resource: Resource) -> str:
    """Make a prefix of the stack's and the resource's names, as CloudFormation does for what it names."""
    name = re.sub(r"[^a-zA-Z0-9\-_]", "-", f"{resource.stack_name}-{resource.logical_id}")
    return name[: contract.JOB_NAME_LENGTH_MAX].rstrip("-")
