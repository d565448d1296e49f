"""The interfaces through which the service uses the AWS around it; package `ministack` implements them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class AccountRegion:
    """The account, Region and partition of a request; their resources are separate."""

    account: str
    region: str
    partition: str = "aws"


@dataclass(frozen=True)
class S3Object:
    """One object below a data location."""

    key: str
    size: int


class Authorizer(Protocol):
    """Evaluates the IAM permissions of the current request's caller."""

    def denial(self, action: str, resource: str, context: Mapping[str, object]) -> str | None:
        """Return the message of the AccessDeniedException, or None if `action` on `resource` is allowed."""
        ...


class ImportRole(Protocol):
    """A session of an import role, which reads and writes data."""

    def list_objects(self, bucket: str, prefix: str) -> Sequence[S3Object]:
        """List the objects whose keys start with `prefix`; raise `DataAccessDeniedError` or `DataNotFoundError`."""
        ...

    def read_chunks(self, bucket: str, key: str) -> Iterator[bytes]:
        """Stream an object; raise `DataAccessDeniedError` or `DataNotFoundError`."""
        ...

    def write_object(self, bucket: str, key: str, content: bytes) -> None:
        """Write an object; raise `DataAccessDeniedError` or `DataNotFoundError`."""
        ...


class RoleAssumer(Protocol):
    """Assumes import roles as the service principal `personalize.amazonaws.com`."""

    def assume(self, role_arn: str, source_account: str, source_arn: str) -> ImportRole:
        """Evaluate the role's trust policy, conditions included; raise `RoleNotAssumableError`."""
        ...


class RoleNotAssumableError(Exception):
    """The role doesn't exist, or its trust policy doesn't allow Personalize to assume it for this request."""


class DataAccessDeniedError(Exception):
    """The role's policies or the bucket policy deny access."""

    def __init__(self, bucket: str) -> None:
        super().__init__(bucket)
        self.bucket = bucket


class DataNotFoundError(Exception):
    """The bucket or the object doesn't exist."""


@dataclass(frozen=True)
class Caller:
    """The caller of a request: account and Region, permissions, and the import roles."""

    at: AccountRegion
    authorizer: Authorizer
    roles: RoleAssumer = field(repr=False)
