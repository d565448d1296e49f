"""One account, one resource, and every line that is logged meanwhile."""

import logging
from collections.abc import Iterator

import pytest

from tests.handler.account import Account
from tests.handler.fakes import FakePersonalize
from tests.handler.simulator import CloudFormation


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
