"""The entry points of the two Lambda functions: `index.on_event` and `index.is_complete`, on the real AWS."""

import logging
from functools import cache
from typing import Final

from personalize_import_handler import answer, waiter
from personalize_import_handler.data_reader_client import RoleReader
from personalize_import_handler.event_bus_client import BotoEventBus
from personalize_import_handler.functions import Functions
from personalize_import_handler.personalize_client import BotoPersonalize
from personalize_import_handler.storage_client import BotoStorage

# Lambda has a log handler already, and then this does nothing; elsewhere it makes one.
logging.basicConfig(format="%(levelname)s %(message)s")

# The client is made at the first request, where a failure to make it is answered; here it would be silence.
_functions: Final = Functions(
    personalize=cache(BotoPersonalize),
    storage=cache(BotoStorage),
    read_as=RoleReader,
    event_bus=cache(BotoEventBus),
    start_waiting=waiter.start_waiting,
    is_given_up=waiter.is_given_up,
    send=answer.send,
)

on_event = _functions.on_event
is_complete = _functions.is_complete
