"""Import jobs of the conformance tests."""

import time
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from tests.conformance.support.recording import Observations
from tests.conformance.support.target import TAG, Target, until

FAILED: Final = "CREATE FAILED"
_ENDED: Final = ("ACTIVE", FAILED)
_ROLE_SECONDS_MAX: Final = 180
"""Seconds for which a new role is retried; AWS's samples wait 60 seconds."""


@dataclass(frozen=True)
class EndedJob:
    """An import job that has ended."""

    arn: str
    status: str
    failure_reason: str
    statuses: list[tuple[str, float]]
    """Each status, with the seconds after which it was first seen."""


class TooManyJobsError(Exception):
    """A test starts more jobs than its assumption declares."""


class Imports:
    """Starts import jobs, at most as many as allowed."""

    def __init__(self, target: Target, role: str, allowed: int) -> None:
        """Start jobs with an import role.

        Args:
            target: The account and Region.
            role: The ARN of the import role.
            allowed: The maximum number of jobs.
        """
        self._target = target
        self._role = role
        self._allowed = allowed

    def start(self, dataset: str, location: str, *, name: str = "", role: str = "", mode: str = "FULL") -> str:
        """Start a job, and return its ARN; raise ClientError if it is refused.

        While the account has as many running jobs as it may have, wait.
        """
        if self._allowed == 0:
            raise TooManyJobsError("increase `jobs` of the assumption")

        def created() -> str | None:
            try:
                return self._create(dataset, location, name, role or self._role, mode)
            except self._target.personalize.exceptions.LimitExceededException:
                return None

        arn = until("the account has fewer running jobs", created)
        self._allowed -= 1
        return arn

    def _create(self, dataset: str, location: str, name: str, role: str, mode: str) -> str:
        created = self._target.personalize.create_dataset_import_job(
            jobName=name or self._target.new_name("job"),
            datasetArn=dataset,
            dataSource={"dataLocation": location},
            roleArn=role,
            importMode=mode,  # type: ignore[arg-type]  # a name from the API
            tags=[{"tagKey": TAG, "tagValue": self._target.run}],
        )
        return created["datasetImportJobArn"]

    def refusal(self, dataset: str, location: str, **arguments: str) -> ClientError:
        """Return the error with which CreateDatasetImportJob refuses a job; if it accepts the job, wait and fail."""
        try:
            arn = self.start(dataset, location, **arguments)
        except ClientError as error:
            return error
        job = self.ended(arn)
        raise AssertionError(f"the job was accepted, and ended as {job.status} {job.failure_reason}")

    def start_when_role_is_usable(self, dataset: str, location: str, role: str) -> tuple[str, list[dict[str, Any]]]:
        """Start a job with a new role; return its ARN, and the refusals until then with their seconds."""
        began, refusals = time.monotonic(), list[dict[str, Any]]()
        while True:
            try:
                return self.start(dataset, location, role=role), refusals
            except ClientError as error:
                seconds = time.monotonic() - began
                refusals.append({**error.response["Error"], "seconds": round(seconds)})
                if seconds > _ROLE_SECONDS_MAX:
                    raise
            time.sleep(5)

    def ended(self, arn: str) -> EndedJob:
        """Wait until a job has ended."""
        began, statuses = time.monotonic(), list[tuple[str, float]]()

        def job() -> EndedJob | None:
            described = self._target.personalize.describe_dataset_import_job(datasetImportJobArn=arn)
            found = described["datasetImportJob"]
            if not statuses or statuses[-1][0] != found["status"]:
                statuses.append((found["status"], round(time.monotonic() - began, 1)))
            if found["status"] not in _ENDED:
                return None
            return EndedJob(arn, found["status"], found.get("failureReason", ""), statuses)

        return until(f"{arn} has ended", job)

    def result(self, seen: Observations, dataset: str, location: str, text: str = "", **values: str) -> str:
        """Run a job, and return its final status, or the code of the error with which it is refused.

        Args:
            seen: Records the statuses with their seconds, and the failure reason or the error.
            dataset: The ARN of the dataset.
            location: The location of the data.
            text: The key of the expected failure reason in the local service, if it has one.
            values: The values that it contains, by the names of the text's parameters.
        """
        try:
            arn = self.start(dataset, location)
        except ClientError as error:
            return seen.error(error, text, **values)
        job = self.ended(arn)
        seen["statuses"] = job.statuses
        if job.failure_reason:
            seen["failure_reason"] = job.failure_reason
            seen.text(text, job.failure_reason, **values)
        return job.status
