"""Entry points of the two Lambda functions, `index.on_event` and `index.is_complete`, with the boto3 clients."""

import gc

# All objects that are loaded here stay in use; garbage collection would take a fifth of a cold start.
gc.disable()

import logging
import os
from typing import Final

from personalize_import_handler.aws.boto_services import BotoServices
from personalize_import_handler.cloudformation import responses, state_machine
from personalize_import_handler.contract import Environment
from personalize_import_handler.functions import Functions
from personalize_import_handler.request.ownership import Provider

# Lambda has a log handler already, so this has no effect there; elsewhere it adds one.
logging.basicConfig(format="%(levelname)s %(message)s")

_functions: Final = Functions(
    provider=Provider(
        os.environ.get(Environment.STACK_ID, ""),
        os.environ.get(Environment.STAGING_BUCKET),
        os.environ.get(Environment.IMPORT_ROLE_PATH),
        os.environ.get(Environment.PROVIDER_NAME),
    ),
    services=BotoServices(),
    start_polling=state_machine.start_polling,
    standing=state_machine.standing,
    list_executions=state_machine.list_executions,
    send=responses.send,
)

on_event = _functions.on_event
is_complete = _functions.is_complete

gc.freeze()
gc.enable()
gc.set_threshold(10_000)  # after this, little more than clients is created, and they stay in use
