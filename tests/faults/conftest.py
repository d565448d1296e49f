"""One account and one stack, as in the handler's own tests; the stack remembers what it asked for."""

import pytest

from tests.faults.support.stack import Stack
from tests.handler.conftest import account, authority, endpoint, log, personalize
from tests.handler.support.account import Account

__all__ = ["account", "authority", "endpoint", "log", "personalize", "stack"]


@pytest.fixture
def stack(account: Account) -> Stack:
    return Stack(account)
