"""An account in which custom resources are handled, with data in S3."""

import pytest

from tests.handler.support.account import Account
from tests.handler.support.properties import DATA_LOCATION
from tests.handler.support.simulator import CloudFormation


@pytest.fixture
def cloudformation() -> CloudFormation:
    account = Account()
    account.personalize.recreate_dataset("arn:aws:personalize:eu-west-1:123456789012:dataset/shop/ITEMS")
    account.storage.objects[f"{DATA_LOCATION}a.csv"] = "first"
    return CloudFormation(account)
