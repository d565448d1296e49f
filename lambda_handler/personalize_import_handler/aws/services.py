"""The AWS services that the handler calls, as one object that creates each client on first use."""

from typing import Protocol

from personalize_import_handler.aws.data_reader import DataReader
from personalize_import_handler.aws.event_bus import EventBus
from personalize_import_handler.aws.personalize import Personalize
from personalize_import_handler.aws.stacks import Stacks
from personalize_import_handler.aws.storage import Storage


class Services(Protocol):
    """The clients of all services."""

    @property
    def personalize(self) -> Personalize:
        """Amazon Personalize."""
        ...

    @property
    def stacks(self) -> Stacks:
        """AWS CloudFormation."""
        ...

    @property
    def storage(self) -> Storage:
        """Amazon S3, with the permissions of the function."""
        ...

    @property
    def event_bus(self) -> EventBus:
        """Amazon EventBridge."""
        ...

    def data_reader(self, role_arn: str) -> DataReader:
        """Return an S3 client with an import role's permissions; raise `BusyError` or `NotAssumableError`."""
        ...
