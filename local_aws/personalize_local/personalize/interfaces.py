"""What the Personalize service needs of the AWS around it: two protocols, filled by `ministack_seam`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Scope:
    """Where a request is: one service keeps the resources of many accounts and Regions apart."""

    account: str
    region: str
    partition: str = "aws"


@dataclass(frozen=True)
class S3Object:
    """One object below a data location."""

    key: str
    size: int


class Authorizer(Protocol):
    """Decides whether the caller of the request in hand may do something (IAM)."""

    def denial(self, action: str, resource: str, context: Mapping[str, object]) -> str | None:
        """Return None if `action` on `resource` is allowed, else the text of the AccessDeniedException."""
        ...


class ImportRole(Protocol):
    """The import role as Personalize uses it: assumed under its trust policy, then read with."""

    def list_objects(self, bucket: str, prefix: str) -> Sequence[S3Object]:
        """List the objects whose keys start with `prefix`; raise `AccessToDataDenied` or `DataMissing`."""
        ...

    def read_lines(self, bucket: str, key: str) -> Iterator[bytes]:
        """Stream an object's lines, their ends kept; raise `AccessToDataDenied` or `DataMissing`."""
        ...


class RoleAssumer(Protocol):
    """Assumes import roles for the service principal `personalize.amazonaws.com`."""

    def assume(self, role_arn: str, source_account: str, source_arn: str) -> ImportRole:
        """Evaluate the role's trust policy, conditions included; raise `RoleNotAssumable`."""
        ...


class RoleNotAssumable(Exception):
    """The role doesn't exist, or its trust policy doesn't let Personalize assume it for this request."""


class AccessToDataDenied(Exception):
    """The role's policies or the bucket policy deny Personalize a read."""

    def __init__(self, bucket: str) -> None:
        super().__init__(bucket)
        self.bucket = bucket


class DataMissing(Exception):
    """The bucket or the object doesn't exist."""


@dataclass(frozen=True)
class Caller:
    """Who sent a request, and what they may do."""

    scope: Scope
    authorizer: Authorizer
    roles: RoleAssumer = field(repr=False)
