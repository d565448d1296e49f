"""One account, one resource, and every line that is logged meanwhile."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trustme

from personalize_import_handler.aws.personalize_client import BotoPersonalize
from tests.handler.support import aws_json
from tests.handler.support.account import Account
from tests.handler.support.aws_json import Service
from tests.handler.support.endpoint import Endpoint, serve
from tests.handler.support.fakes import FakePersonalize
from tests.handler.support.simulator import CloudFormation

if TYPE_CHECKING:
    from mypy_boto3_personalize import PersonalizeClient


class Log(logging.Handler):
    """Keeps the lines as Lambda would write them, tracebacks included."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    def lines_from(self, *levels: str) -> list[str]:
        return [line for line in self.lines if line.startswith(levels)]


@pytest.fixture
def log() -> Iterator[Log]:
    handler, level = Log(), logging.root.level
    logging.root.addHandler(handler)
    yield handler
    logging.root.removeHandler(handler)
    logging.root.setLevel(level)


@pytest.fixture
def account(log: Log) -> Account:
    return Account()


@pytest.fixture
def cloudformation(account: Account) -> CloudFormation:
    return CloudFormation(account)


@pytest.fixture
def personalize(account: Account) -> FakePersonalize:
    return account.personalize


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def endpoint(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    bundle = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(bundle))
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serve(authority) as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def served() -> Iterator[tuple[Service, "PersonalizeClient"]]:
    with aws_json.serve() as service:
        yield service, aws_json.client_of(service.url)


@pytest.fixture
def personalize_service(served: tuple[Service, "PersonalizeClient"]) -> Service:
    service, _ = served
    service.script.clear()
    service.requests.clear()
    return service


@pytest.fixture
def boto_personalize(served: tuple[Service, "PersonalizeClient"]) -> BotoPersonalize:
    return BotoPersonalize(served[1], sleep=lambda _: None)
