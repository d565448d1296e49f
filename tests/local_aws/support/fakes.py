"""An in-memory AWS around the service: buckets, roles, IAM, and a clock that tests set."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.parsers import create_parser

from personalize_local.personalize.clock import Clock
from personalize_local.personalize.interfaces import (
    AccountRegion,
    Caller,
    DataAccessDeniedError,
    DataNotFoundError,
    ImportRole,
    RoleNotAssumableError,
    S3Object,
)
from personalize_local.personalize.json_protocol import Response
from personalize_local.personalize.limits import Settings
from personalize_local.personalize.service import PersonalizeService
from personalize_local.personalize.service_model import operation_model

ACCOUNT_REGION = AccountRegion(account="111122223333", region="eu-west-1")
ROLE_ARN = "arn:aws:iam::111122223333:role/import"
BUCKET = "training-data"
CHUNK_BYTES = 1 << 14


class ManualClock(Clock):
    """A clock that only tests and sleeping threads advance."""

    def __init__(self, start: float = 1_700_000_000.125) -> None:
        super().__init__()
        self.time = start

    def now(self) -> float:
        return self.time

    def advance_to(self, earlier_time: float) -> None:
        self.time = max(self.time, earlier_time)

    def sleep(self, seconds: float) -> None:
        self.time += seconds
        time.sleep(0.0005)  # lets the reading threads run


@dataclass
class FakeAws:
    """Buckets of bytes, roles that can be assumed, and what is denied to whom."""

    buckets: dict[str, dict[str, bytes]] = field(default_factory=lambda: {BUCKET: {}})
    roles: set[str] = field(default_factory=lambda: {ROLE_ARN})
    closed_buckets: set[str] = field(default_factory=set)
    denied: set[tuple[str, str]] = field(default_factory=set)
    asked: list[tuple[str, str, Mapping[str, object]]] = field(default_factory=list)
    assumed: list[tuple[str, str, str]] = field(default_factory=list)
    after_first_read: Exception | None = None
    before_second_read: bytes | None = None
    reads: int = 0

    def put(self, key: str, content: bytes | str, bucket: str = BUCKET) -> None:
        self.buckets[bucket][key] = content if isinstance(content, bytes) else content.encode()

    def deny(self, action: str, resource: str) -> None:
        self.denied.add((action, resource))

    def denial(self, action: str, resource: str, context: Mapping[str, object]) -> str | None:
        self.asked.append((action, resource, context))
        if (action, resource) in self.denied:
            return f"User: tester is not authorized to perform: {action} on resource: {resource}"
        return None

    def assume(self, role_arn: str, source_account: str, source_arn: str) -> ImportRole:
        self.assumed.append((role_arn, source_account, source_arn))
        if role_arn not in self.roles:
            raise RoleNotAssumableError(role_arn)
        return FakeRole(self)


@dataclass(frozen=True)
class FakeRole:
    """Reads the buckets that are open."""

    aws: FakeAws

    def list_objects(self, bucket: str, prefix: str) -> Sequence[S3Object]:
        objects = self._bucket(bucket)
        return [S3Object(key, len(content)) for key, content in objects.items() if key.startswith(prefix)]

    def read_chunks(self, bucket: str, key: str) -> Iterator[bytes]:
        objects = self._bucket(bucket)
        self.aws.reads += 1
        if self.aws.after_first_read and self.aws.reads > 1:
            raise self.aws.after_first_read
        if self.aws.before_second_read is not None and self.aws.reads > 1:
            self.aws.put(key, self.aws.before_second_read, bucket)
        if key not in objects:
            raise DataNotFoundError(key)
        content = objects[key]
        return (content[start : start + CHUNK_BYTES] for start in range(0, len(content), CHUNK_BYTES))

    def write_object(self, bucket: str, key: str, content: bytes) -> None:
        self._bucket(bucket)[key] = content

    def _bucket(self, bucket: str) -> dict[str, bytes]:
        if bucket in self.aws.closed_buckets:
            raise DataAccessDeniedError(bucket)
        if bucket not in self.aws.buckets:
            raise DataNotFoundError(bucket)
        return self.aws.buckets[bucket]


class Refused(Exception):
    """An error response of the service."""

    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


class Client:
    """Calls the service like botocore: sends JSON, and parses responses with the API model."""

    def __init__(self, service: PersonalizeService, aws: FakeAws, at: AccountRegion = ACCOUNT_REGION) -> None:
        self.service = service
        self.caller = Caller(at, aws, aws)

    def send(self, operation: str, body: bytes) -> Response:
        return self.service.handle(operation, body, self.caller)

    def __call__(self, operation: str, /, **parameters: Any) -> dict[str, Any]:
        response = self.send(operation, json.dumps(parameters).encode())
        shape: Any = operation_model(operation).output_shape  # None for deletes
        wire = {"status_code": response.status, "headers": response.headers, "body": response.body}
        parsed = create_parser("json").parse(wire, shape)
        if response.status >= 300:
            raise Refused(parsed["Error"]["Code"], parsed["Error"]["Message"], response.status)
        if response.body:
            assert_fits(shape, json.loads(response.body))
        parsed.pop("ResponseMetadata")
        return dict(parsed)


def assert_fits(shape: Any, value: Any) -> None:
    """Fail if a response has members that are not in the API model."""
    if shape.type_name == "structure":
        unknown = set(value) - set(shape.members)
        assert not unknown, f"{shape.name} has no {unknown}"
        for name, member in value.items():
            assert_fits(shape.members[name], member)
    elif shape.type_name == "list":
        for member in value:
            assert_fits(shape.member, member)
    elif shape.type_name == "timestamp":
        assert isinstance(value, float)
        assert round(value, 3) == value


@dataclass
class World:
    """One service, the AWS around it, its clock, and a client."""

    aws: FakeAws
    clock: ManualClock
    service: PersonalizeService
    client: Client

    @property
    def now(self) -> float:
        return self.clock.time

    def control(self, method: str, path: str, **body: Any) -> Any:
        """Call the control API."""
        response = self.service.control_api.handle(method, path, json.dumps(body).encode() if body else b"")
        assert response.status == 200, response.body
        return json.loads(response.body)

    def rows(self, dataset_arn: str, **query: int) -> Any:
        extra = "".join(f"&{name}={value}" for name, value in query.items())
        return self.control("GET", f"rows?dataset_arn={dataset_arn}{extra}")


def new_world(**settings: Any) -> World:
    """Return a service with a high quota of dataset groups, by default."""
    aws, clock = FakeAws(), ManualClock()
    service = PersonalizeService(clock=clock, settings=Settings(**{"dataset_groups": 1000, **settings}))
    return World(aws, clock, service, Client(service, aws))
