"""The `Services` protocol on boto3.

A client is created by the first request that needs it, so an error there is sent to CloudFormation as a failure. Client
modules that most imports don't need are also loaded on first use, which keeps cold starts short.
"""

from functools import cached_property
from typing import TYPE_CHECKING

from personalize_import_handler.aws.personalize_client import BotoPersonalize

if TYPE_CHECKING:
    from personalize_import_handler.aws.data_reader import DataReader
    from personalize_import_handler.aws.event_bus import EventBus
    from personalize_import_handler.aws.personalize import Personalize
    from personalize_import_handler.aws.stacks import Stacks
    from personalize_import_handler.aws.storage import Storage


class BotoServices:
    """The clients of all services."""

    @cached_property
    def personalize(self) -> "Personalize":
        """Amazon Personalize."""
        return BotoPersonalize()

    @cached_property
    def stacks(self) -> "Stacks":
        """AWS CloudFormation."""
        from personalize_import_handler.aws.stacks_client import BotoStacks

        return BotoStacks()

    @cached_property
    def storage(self) -> "Storage":
        """Amazon S3, with the permissions of the function."""
        from personalize_import_handler.aws.storage_client import BotoStorage

        return BotoStorage()

    @cached_property
    def event_bus(self) -> "EventBus":
        """Amazon EventBridge."""
        from personalize_import_handler.aws.event_bus_client import BotoEventBus

        return BotoEventBus()

    def data_reader(self, role_arn: str) -> "DataReader":
        """Return an Amazon S3 client with the permissions of an import role."""
        from personalize_import_handler.aws.data_reader_client import RoleReader

        return RoleReader(role_arn)
