"""The entry points of the two Lambda functions: `index.on_event` and `index.is_complete`, on the real AWS."""

import gc

# What is loaded is kept: to look through it for garbage again and again would be a fifth of a cold start.
gc.disable()

import logging
import os
from functools import cache
from typing import TYPE_CHECKING, Final

from personalize_import_handler.aws.personalize_client import BotoPersonalize
from personalize_import_handler.cloudformation import responses, waiter
from personalize_import_handler.contract import Environment
from personalize_import_handler.functions import Functions
from personalize_import_handler.request.ownership import Provider

if TYPE_CHECKING:
    from personalize_import_handler.aws.data_reader import DataReader
    from personalize_import_handler.aws.event_bus import EventBus
    from personalize_import_handler.aws.stacks import Stacks
    from personalize_import_handler.aws.storage import Storage

# Lambda has a log handler already, and then this does nothing; elsewhere it makes one.
logging.basicConfig(format="%(levelname)s %(message)s")


# Clients are made at the first request, where a failure to make one is answered; here it would be silence. What most
# imports have no need of isn't loaded before either.
@cache
def _stacks() -> "Stacks":
    from personalize_import_handler.aws.stacks_client import BotoStacks

    return BotoStacks()


@cache
def _storage() -> "Storage":
    from personalize_import_handler.aws.storage_client import BotoStorage

    return BotoStorage()


@cache
def _event_bus() -> "EventBus":
    from personalize_import_handler.aws.event_bus_client import BotoEventBus

    return BotoEventBus()


def _read_as(role_arn: str) -> "DataReader":
    from personalize_import_handler.aws.data_reader_client import RoleReader

    return RoleReader(role_arn)


_functions: Final = Functions(
    provider=Provider(os.environ.get(Environment.STACK_ID, ""), os.environ.get(Environment.DATA_BUCKET)),
    personalize=cache(BotoPersonalize),
    stacks=_stacks,
    storage=_storage,
    read_as=_read_as,
    event_bus=_event_bus,
    start_waiting=waiter.start_waiting,
    is_given_up=waiter.is_given_up,
    send=responses.send,
)

on_event = _functions.on_event
is_complete = _functions.is_complete

gc.freeze()
gc.enable()
gc.set_threshold(10_000)  # what is made from now on are clients, which are kept, and little else
