"""The plan of a run and its maximum cost, printed before anything is created."""

from collections.abc import Iterable
from typing import Final

from tests.conformance.support.assumptions import Assumption
from tests.conformance.support.target import Target

SHARED_JOBS: Final = 1
"""The jobs that several tests use."""
# US dollars, in the most expensive Region or above. CloudFormation's custom resources are free:
# https://aws.amazon.com/cloudformation/pricing/, https://aws.amazon.com/personalize/pricing/,
# https://aws.amazon.com/s3/pricing/, https://aws.amazon.com/lambda/pricing/
_PER_GIGABYTE_IMPORTED: Final = 0.10
_PER_S3_REQUEST: Final = 0.00001
_PER_INVOCATION: Final = 0.0001
BYTES_PER_JOB: Final = 100_000
_S3_REQUESTS: Final = 2000
_INVOCATIONS: Final = 100
_MINUTES_PER_JOB: Final = (4, 17)


def jobs_at_most(assumptions: Iterable[Assumption]) -> int:
    """Return the maximum number of import jobs; each test is stopped at its own maximum."""
    jobs = sum(assumption.jobs for assumption in assumptions)
    return jobs + SHARED_JOBS


def cost_at_most(jobs: int) -> float:
    """Return the maximum cost in US dollars."""
    imported = jobs * BYTES_PER_JOB / 1e9 * _PER_GIGABYTE_IMPORTED
    return imported + _S3_REQUESTS * _PER_S3_REQUEST + _INVOCATIONS * _PER_INVOCATION


def plan(target: Target, assumptions: Iterable[Assumption], recording: str) -> str:
    """Return the text of the plan."""
    account, caller = target.identity
    checked = list(assumptions)
    jobs = jobs_at_most(checked)
    shortest, longest = (minutes * jobs for minutes in _MINUTES_PER_JOB)
    return f"""\
Account:      {account}, as {caller}
Region:       {target.region}
Endpoint:     {target.endpoint}
Assumptions:  {len(checked)} to check
Import jobs:  at most {jobs}, one after the other except for one test; {shortest} to {longest} minutes on AWS
Other:        2 dataset groups, schemas, buckets, roles, and stacks with a function; all are removed
Names, tags:  {target.prefix}-*, tag key personalize-conformance
Cost:         at most US$ {cost_at_most(jobs):.2f}: {jobs} jobs of at most {BYTES_PER_JOB / 1e6} MB at US$ \
{_PER_GIGABYTE_IMPORTED:.2f} per GB,
              {_S3_REQUESTS} S3 requests at US$ {_PER_S3_REQUEST:.5f}, {_INVOCATIONS} invocations at US$ \
{_PER_INVOCATION:.4f}
Recording:    {recording}
"""
