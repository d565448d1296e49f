"""The AWS under test: an account and a Region, as boto3 finds them in the environment."""

import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_personalize import PersonalizeClient
    from mypy_boto3_s3 import S3Client

PREFIX: Final = "personalize-conformance-"
"""The beginning of the names of all resources; the id of the run follows."""
TAG: Final = "personalize-conformance"
"""The key of the tag of all resources that can have tags; its value is the id of the run."""
_POLL_SECONDS: Final = "CONFORMANCE_POLL_SECONDS"
_POLL_SECONDS_DEFAULT: Final = "15"
_WAIT_SECONDS_MAX: Final = 3 * 3600
# Personalize allows one request per second and operation: https://docs.aws.amazon.com/general/latest/gr/personalize.html
# The mode "standard" has a quota of retries, which a hundred throttled requests in a row would use up.
_CONFIG: Final = Config(retries={"mode": "adaptive", "total_max_attempts": 12})

_Result = TypeVar("_Result")


def new_run() -> str:
    """Return the id of a new run."""
    return secrets.token_hex(3)


@dataclass(frozen=True)
class Target:
    """Clients for the AWS under test, and names for the resources of one run."""

    run: str
    session: boto3.Session = field(default_factory=boto3.Session)

    @property
    def region(self) -> str:
        """The Region."""
        return self.session.region_name

    @cached_property
    def identity(self) -> tuple[str, str]:
        """The account and the ARN of the caller."""
        caller = self.session.client("sts", config=_CONFIG).get_caller_identity()
        return caller["Account"], caller["Arn"]

    @property
    def endpoint(self) -> str:
        """The endpoint of Personalize that boto3 uses."""
        return self.personalize.meta.endpoint_url

    @property
    def is_aws(self) -> bool:
        """True if the requests go to AWS itself."""
        return is_aws(self.endpoint)

    @cached_property
    def personalize(self) -> "PersonalizeClient":
        """A client of Personalize."""
        return self.session.client("personalize", config=_CONFIG)

    @cached_property
    def cloudformation(self) -> "CloudFormationClient":
        """A client of CloudFormation."""
        return self.session.client("cloudformation", config=_CONFIG)

    @cached_property
    def iam(self) -> "IAMClient":
        """A client of IAM."""
        return self.session.client("iam", config=_CONFIG)

    @cached_property
    def s3(self) -> "S3Client":
        """A client of S3."""
        return self.session.client("s3", config=_CONFIG)

    def s3_in(self, region: str) -> "S3Client":
        """Return a client of S3 in another Region."""
        return self.session.client("s3", region_name=region, config=_CONFIG)

    @property
    def prefix(self) -> str:
        """The beginning of the names of this run."""
        return f"{PREFIX}{self.run}"

    def name(self, suffix: str) -> str:
        """Return a name for a resource of this run."""
        return f"{self.prefix}-{suffix}"

    def new_name(self, suffix: str) -> str:
        """Return a name that no other resource of this run has."""
        return f"{self.name(suffix)}-{secrets.token_hex(3)}"


def is_aws(endpoint: str) -> bool:
    """Return whether an endpoint is AWS itself, so that a recording confirms something."""
    host = urlsplit(endpoint).hostname or ""
    return host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".api.aws"))


def poll_seconds() -> float:
    """Return the seconds between two polls."""
    return float(os.environ.get(_POLL_SECONDS, _POLL_SECONDS_DEFAULT))


def until(description: str, check: Callable[[], _Result | None]) -> _Result:
    """Poll until `check` returns a value other than None, and return that; raise TimeoutError after three hours."""
    deadline = time.monotonic() + _WAIT_SECONDS_MAX
    while (result := check()) is None:
        if time.monotonic() > deadline:
            raise TimeoutError(description)
        time.sleep(poll_seconds())
    return result
